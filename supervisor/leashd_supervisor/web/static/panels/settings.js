// Settings: devices, another device's way in, notifications, quiet hours, looks, shortcuts.

import { html, useEffect, useState } from "../vendor/preact.js";
import { get, post, put, remove, session } from "../api.js";
import { go } from "../route.js";
import { me } from "../store.js";
import { ago, clock } from "../time.js";
import * as push from "../push.js";
import { serverHtml } from "../trusted.js";

const NOTICES = { approval: "tool calls", question: "questions", plan: "plans", danger: "danger", done: "an agent is done", failure: "something failed" };

export function Settings() {
  const [why, setWhy] = useState("");
  const known = me.value;
  if (!known) return html`<section class="panel"><p class="dim">Loading…</p></section>`;
  const chosen = known.settings;
  const change = async (changes) => {
    const merged = Object.entries(changes).map(([name, value]) => [name, typeof value === "object" ? { ...chosen[name], ...value } : value]);
    me.value = { ...known, settings: { ...chosen, ...Object.fromEntries(merged) } };
    try {
      me.value = { ...known, settings: await put("/api/settings", changes) };
      setWhy("");
    } catch (error) {
      me.value = { ...known, settings: chosen };
      setWhy(`${error.message} ${error.help}`);
    }
  };
  return html`<section class="panel settings" aria-labelledby="settings-title">
    <h1 id="settings-title">Settings</h1>
    ${why ? html`<p class="outcome bad" role="alert">${why}</p>` : null}
    <${Devices} known=${known} />
    <${Notifications} chosen=${chosen} change=${change} />
    <section><h2>Looks and keys</h2>
      <label class="field">Colours
        <select value=${chosen.theme} onChange=${(event) => change({ theme: event.currentTarget.value })}>
          <option value="system">as the device</option><option value="light">light</option><option value="dark">dark</option>
        </select></label>
      <${Switch} on=${chosen.shortcuts} words="Keyboard shortcuts" flip=${(on) => change({ shortcuts: on })} />
    </section>
    <section class="row apart"><span class="dim">leashd ${known.version} on ${known.machine}</span>
      <button type="button" class="quiet" onClick=${logout}>Log out</button></section>
  </section>`;
}

async function logout() {
  await post("/api/logout").catch(() => {});
  session.value = false;
  go("/", true);
}

const Switch = ({ on, words, flip, disabled = false }) => html`<label class="switch">
  <input type="checkbox" role="switch" checked=${on} disabled=${disabled} onChange=${(event) => flip(event.currentTarget.checked)} /><span>${words}</span>
</label>`;

function Devices({ known }) {
  const [pair, setPair] = useState(null);
  const [why, setWhy] = useState("");
  const revoke = async (id) => {
    try {
      await remove(`/api/devices/${id}`);
      me.value = await get("/api/me");
    } catch (error) {
      setWhy(error.message);
    }
  };
  const show = async () => {
    setPair(await post("/api/pair").catch((error) => (setWhy(error.message), null)));
  };
  return html`<section><h2>Devices</h2>
    ${why ? html`<p class="outcome bad" role="alert">${why}</p>` : null}
    <ul class="rows quiet-rows">${known.devices.map(
      (one) => html`<li class="line" key=${one.id}>
        <span class="line-main"><strong>${one.name}</strong>${one.current ? html` <span class="tag good">this one</span>` : null}
          <span class="line-text">${one.seen ? `seen ${ago(one.seen)}` : ""}</span></span>
        ${one.current ? null : html`<button type="button" class="quiet" aria-label=${`Log out ${one.name}`} onClick=${() => revoke(one.id)}>Log out</button>`}
      </li>`,
    )}</ul>
    ${pair ? html`<${Pair} pair=${pair} again=${show} done=${() => setPair(null)} />` : html`<button type="button" class="quiet" onClick=${show}>Log in another device…</button>`}
  </section>`;
}

function Pair({ pair, again, done }) {
  const [left, setLeft] = useState(60);
  useEffect(() => {
    const began = performance.now();
    setLeft(60);
    const timer = setInterval(() => setLeft(60 - (performance.now() - began) / 1000), 500);
    return () => clearInterval(timer);
  }, [pair.code]);
  if (left <= 0) return html`<div class="pair"><p>The code has expired.</p><button type="button" class="quiet" onClick=${again}>Make a new one</button></div>`;
  return html`<div class="pair">
    <div class="qr" role="img" aria-label="QR code with the link below" dangerouslySetInnerHTML=${serverHtml(pair.qr_svg)}></div>
    <p>Scan it with the other device, or open this link there. It works once, for ${clock(left)}.</p>
    <p><code class="link">${pair.url}</code></p>
    <button type="button" class="quiet" onClick=${done}>Done</button>
  </div>`;
}

function Notifications({ chosen, change }) {
  const [on, setOn] = useState(push.subscribed());
  const [said, setSaid] = useState("");
  const [devices, setDevices] = useState([]);
  const cannot = push.unable();
  const look = () => get("/api/push/devices").then((found) => setDevices(found.devices), () => {});
  useEffect(() => void look(), []);
  const flip = async (wanted) => {
    try {
      await (wanted ? push.subscribe() : push.unsubscribe());
      setOn(wanted);
      setSaid("");
    } catch (error) {
      setSaid(`Not changed: ${error.message}. ${error.help || ""}`);
    }
    look();
  };
  const test = async () => {
    setSaid("Sending…");
    const told = await post("/api/push/test", { id: push.own() }).catch((error) => ({ results: [{ error: error.message }] }));
    const bad = told.results.find((one) => one.error);
    setSaid(bad ? `Not sent: ${bad.error}` : told.results.length ? "Sent: it should appear now." : "This device is not known; switch it off and on.");
    look();
  };
  const quiet = chosen.quiet;
  return html`<section><h2>Notifications</h2>
    ${cannot ? html`<p class="dim">${cannot}</p>` : null}
    <${Switch} on=${on} words="On this device" disabled=${!!cannot && !on} flip=${flip} />
    ${on ? html`<button type="button" class="quiet" onClick=${test}>Send a test</button>` : null}
    <p aria-live="polite">${said}</p>
    ${devices.length ? html`<ul class="rows quiet-rows">${devices.map((one) => html`<${Health} key=${one.id} device=${one} />`)}</ul>` : null}
    <fieldset><legend>About</legend><div class="switches">${Object.entries(NOTICES).map(
      ([name, words]) => html`<${Switch} key=${name} on=${chosen.notify[name] !== false} words=${words} flip=${(wanted) => change({ notify: { [name]: wanted } })} />`,
    )}</div></fieldset>
    <fieldset><legend>Quiet hours</legend>
      <${Switch} on=${quiet.on} words="No notifications at night" flip=${(wanted) => change({ quiet: { on: wanted } })} />
      <div class="row"><label class="field">From<input type="time" value=${quiet.from} onChange=${(event) => change({ quiet: { from: event.currentTarget.value } })} /></label>
      <label class="field">To<input type="time" value=${quiet.to} onChange=${(event) => change({ quiet: { to: event.currentTarget.value } })} /></label></div>
    </fieldset>
  </section>`;
}

const Health = ({ device }) => html`<li class="line">
  <span class=${`dot ${device.error ? "denied" : "allowed"}`} aria-hidden="true"></span>
  <span class="line-main"><strong>${device.name || "a device"}${device.current ? html` <span class="tag good">this one</span>` : null}</strong>
    <span class="line-text">${health(device)}</span></span>
</li>`;

function health(device) {
  if (device.error) return `not reached ${ago(device.last_failure)}: ${device.error}`;
  return device.last_success ? `reached ${ago(device.last_success)}` : "nothing sent yet";
}
