// The policy: the rules in force with their origin, a command tried out, and the standing answers.

import { html, useEffect, useState } from "../vendor/preact.js";
import { get, post, remove } from "../api.js";
import { grants } from "../store.js";
import { ago } from "../time.js";
import { Prose } from "../parts/prose.js";

const WORDS = { allow: "allow", deny: "deny", require_approval: "ask" };

export function Policy() {
  const [policy, setPolicy] = useState(null);
  const [why, setWhy] = useState("");
  const [find, setFind] = useState("");
  useEffect(() => {
    get("/api/policy").then(setPolicy, (error) => setWhy(error.message));
  }, []);
  const wanted = find.toLowerCase();
  const rules = (policy?.rules || []).filter((rule) => `${rule.name} ${rule.reason} ${rule.kind} ${rule.action}`.toLowerCase().includes(wanted));
  return html`<section class="panel" aria-labelledby="policy-title">
    <h1 id="policy-title">Policy</h1>
    <${Try} />
    <${Grants} />
    <h2>Rules in force ${policy ? html`<span class="number">${policy.rules.length}</span>` : null}</h2>
    ${why ? html`<p class="outcome bad" role="alert">${why}</p>` : null}
    ${policy ? html`<p class="dim from">${policy.policies.map((one) => (typeof one === "string" ? one : one.name || one.path)).join(" · ")}</p>` : null}
    <label class="field">Find a rule<input type="search" value=${find} onInput=${(event) => setFind(event.currentTarget.value)} /></label>
    ${policy && !rules.length ? html`<p class="empty">No rule says that.</p>` : null}
    <ul class="records">${rules.map((rule, index) => html`<${Rule} key=${`${rule.layer}:${rule.name}:${index}`} rule=${rule} />`)}</ul>
  </section>`;
}

const Rule = ({ rule }) => html`<li class="record"><details>
  <summary>
    <span class=${`verdict ${rule.action}`}>${WORDS[rule.action] || rule.action}</span>
    <span class="record-main"><span class="record-text"><strong>${rule.name}</strong>${rule.floor ? html` <span class="tag">floor</span>` : null}</span><span class="dim">${rule.reason}</span></span>
    <span class="age">${rule.kind}</span>
  </summary>
  <dl class="facts">
    ${rule.instead ? html`<div><dt>Instead</dt><dd><${Prose} text=${rule.instead} /></dd></div>` : null}
    <div><dt>From</dt><dd><code>${rule.origin}</code></dd></div>
    ${rule.layer != null && rule.layer !== "" ? html`<div><dt>Layer</dt><dd>${rule.layer}</dd></div>` : null}
    ${rule.floor ? html`<div><dt>Floor</dt><dd>No later policy, and no standing answer, lifts it.</dd></div>` : null}
  </dl>
</details></li>`;

function Try() {
  const [command, setCommand] = useState("");
  const [said, setSaid] = useState(null);
  const judge = async (event) => {
    event.preventDefault();
    setSaid(await post("/api/policy/test", { command }).catch((error) => ({ error: error.message, help: error.help })));
  };
  return html`<form class="try" onSubmit=${judge}>
    <label class="field grow">Test a command<input class="mono" value=${command} spellcheck="false" autocapitalize="off" autocomplete="off" placeholder="git push origin main" onInput=${(event) => setCommand(event.currentTarget.value)} /></label>
    <button class="primary" disabled=${!command.trim()}>Judge</button>
    <div class="judged" aria-live="polite">${said ? html`<${Said} said=${said} />` : null}</div>
  </form>`;
}

function Said({ said }) {
  if (said.error) return html`<p class="outcome bad">${said.error} <span class="said">${said.help}</span></p>`;
  return html`<p class="outcome"><span class=${`verdict ${said.verdict}`}>${WORDS[said.verdict]}</span> ${said.rule ? html`<code>${said.rule}</code> · ` : null}${said.reason}</p>
    ${said.instead ? html`<p>Instead: <${Prose} text=${said.instead} /></p>` : null}
    <details><summary>What it would do: ${said.effects.length} ${said.effects.length === 1 ? "effect" : "effects"}</summary>
      <ul class="plain-list">${said.effects.map((effect) => html`<li><${Effect} effect=${effect} /></li>`)}</ul></details>`;
}

function Effect({ effect }) {
  const { kind, command, span, ...fields } = effect;
  const words = Object.entries(fields).filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && !value.length));
  return html`<strong>${kind}</strong> ${words.map(([name, value]) => html`<span class="pair"><span class="dim">${name}</span> <code>${typeof value === "string" ? value : JSON.stringify(value)}</code></span> `)}`;
}

function Grants() {
  const revoke = async (id) => {
    await remove(`/api/grants/${id}`).catch(() => {});
    grants.value = grants.value.filter((one) => one.id !== id);
  };
  const standing = grants.value.filter((one) => !one.revoked);
  if (!standing.length) return null;
  return html`<h2>Standing answers <span class="number">${standing.length}</span></h2>
    <ul class="rows quiet-rows">${standing.map(
      (one) => html`<li class="line" key=${one.id}>
        <span class="line-main"><code>${one.title}</code><span class="line-text">allowed in this ${one.scope} · used ${one.uses}× · since ${ago(one.created)}</span></span>
        <button type="button" class="quiet" aria-label=${`Revoke: ${one.title}`} onClick=${() => revoke(one.id)}>Revoke</button>
      </li>`,
    )}</ul>`;
}
