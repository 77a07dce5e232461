// The approval card: everything that a person needs to decide, in the order in which it is read.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { allowNext, answer, trips } from "../answer.js";
import { get } from "../api.js";
import { follow, go, gone } from "../route.js";
import { approvals, chosen, keep, listed, loaded, moved, waiting } from "../store.js";
import { serverHtml } from "../trusted.js";
import { say } from "../announce.js";
import { Command } from "../parts/command.js";
import { DenyWhy } from "../parts/deny.js";
import { Diff } from "../parts/diff.js";
import { EditThenAllow } from "../parts/edit.js";
import { Expiry } from "../parts/expiry.js";
import { Icon, Mark } from "../parts/icons.js";
import { MoreWays } from "../parts/more.js";
import { place } from "../parts/places.js";
import { Outcome } from "../parts/outcome.js";
import { Press } from "../parts/press.js";
import { Prose } from "../parts/prose.js";
import { Questions } from "../parts/question.js";

export function Card({ id }) {
  const view = approvals.value.get(id);
  const [missing, setMissing] = useState("");
  useEffect(() => {
    chosen.value = id;
    // Before the state is there, one alone would come before those that are older.
    if (!loaded.value || approvals.value.has(id)) return;
    get(`/api/approvals/${id}`).then(keep, (error) => setMissing(error.message));
  }, [id, loaded.value]);
  if (!view) {
    return html`<article class="card"><${Top} id=${id} />${missing ? html`<h1>Not found</h1><p><${Prose} text=${missing} /></p>` : html`<p class="dim">Loading…</p>`}</article>`;
  }
  return html`<${Shown} key=${id} view=${view} />`;
}

function Shown({ view }) {
  const next = useRef(null);
  const busy = trips.value.get(view.id)?.phase === "sending";
  const arm = `${view.id}:${view.digest}:${view.state}`;
  const pending = view.state === "pending";
  const give = async (said) => {
    if (await answer(view, said)) next.current?.focus({ preventScroll: true });
  };
  useEffect(() => {
    // Who comes from another panel reads on at the top; no button has the focus by itself.
    if (gone() && document.activeElement.matches("body, .row-link, .review")) document.getElementById("verb").focus({ preventScroll: true });
    if (pending && view.risk === "danger" && view.kind === "tool") say(`Danger: ${view.verb}, ${view.risk_why}`, true);
  }, [view.id]);
  const parts = { view, arm, busy, give };
  return html`<article class=${`card ${view.kind === "tool" ? view.risk : view.kind} ${view.state}`} data-id=${view.id} aria-labelledby="verb">
    <${Top} id=${view.id} />
    <header class="card-head">
      <p class="risk"><${Mark} view=${view} /><span class="risk-why">${view.kind === "tool" ? view.risk_why : "nothing runs by itself"}${view.undo ? ` · ${view.undo}` : ""}</span></p>
      <h1 id="verb" tabindex="-1">${view.verb}</h1>
    </header>
    ${view.kind === "question" ? null : html`<${Subject} view=${view} />`}
    ${view.kind === "question" && !pending ? html`<${Asked} view=${view} />` : null}
    ${view.kind === "question" && pending ? html`<${Questions} view=${view} arm=${arm} busy=${busy} onAnswer=${(input) => give({ allow: true, input })} onDeny=${() => give({ allow: false })} />` : null}
    ${view.kind === "question" && pending && !busy ? html`<${Outcome} view=${view} />` : null}
    <${Facts} view=${view} />
    ${pending ? html`<${Expiry} view=${view} />` : html`<div class="sticky">
      <${Outcome} view=${view} />
      ${view.comes_back && !busy ? html`<${ComesBack} view=${view} arm=${arm} />` : null}
      <${Next} view=${view} link=${next} />
    </div>`}
    ${pending && view.kind !== "question" ? html`<${Decide} ...${parts} />` : null}
    ${pending && view.kind === "question" ? html`<${Drawer} name="why" title="Decline and say why…" view=${view}><${DenyWhy} kind=${view.kind} arm=${arm} busy=${busy} onDeny=${(said) => give({ allow: false, ...said })} /></${Drawer}>` : null}
  </article>`;
}

function Top({ id }) {
  const order = listed.value;
  const at = order.findIndex((one) => one.id === id);
  const beside = (step) => order[at + step]?.id;
  const arrow = (step, icon, name, key) =>
    beside(step)
      ? html`<a class="icon-link" href=${`/a/${beside(step)}`} onClick=${follow} aria-label=${name} data-nav=${key}><${Icon} name=${icon} /></a>`
      : html`<span class="icon-link off"></span>`;
  return html`<nav class="card-top" aria-label="Approvals">
    <a class="back" href="/" onClick=${follow} data-nav="Escape"><${Icon} name="back" />${waiting.value.length} waiting</a>
    ${at >= 0 && order.length > 1
      ? html`<span class="place">${arrow(-1, "back", "The one before", "k")}<span>${at + 1} of ${order.length}</span>${arrow(1, "next", "The next one", "j")}</span>`
      : null}
  </nav>`;
}

function Subject({ view }) {
  if (view.kind === "plan") return html`<div class="plan-text" dir="auto" dangerouslySetInnerHTML=${serverHtml(view.plan || "")}></div>`;
  return html`${view.diff?.length ? html`<${Diff} files=${view.diff} where=${view.where} />` : html`<${Command} view=${view} />`}`;
}

const Asked = ({ view }) => html`<ul class="plain-list">${(view.questions || []).map((one) => html`<li key=${one.question}>${one.question}</li>`)}</ul>`;

function Facts({ view }) {
  const where = view.where || {};
  const places = [where.machine, place(view), where.branch].filter(Boolean).join(" · ");
  const elsewhere = where.cwd !== where.project;
  const rows = [
    ["Where", html`${places} <code class=${elsewhere ? "elsewhere" : "dim"}>${where.cwd}</code>`],
    view.claim && ["The agent says", html`<q class="claim" dir="auto">${view.claim}</q> <span class="dim">(its own words)</span>`],
    view.rule && ["Rule", html`<a href="/#policy" onClick=${follow}><code>${view.rule}</code></a>${view.risk_level ? ` · risk ${view.risk_level}` : ""}${view.reason ? ` · ${view.reason}` : ""}`],
    view.instead && ["Instead", html`<${Prose} text=${view.instead} />`],
    view.mode && view.mode !== "default" && ["Mode", html`<strong>${view.mode}</strong>`],
    view.kind === "tool" && view.state === "pending" && ["Before", past(view.history)],
  ].filter(Boolean);
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function past(history) {
  const { allowed = 0, denied = 0 } = history || {};
  if (!allowed && !denied) return "first time";
  return `${[allowed && `allowed ${allowed}×`, denied && `denied ${denied}×`].filter(Boolean).join(" · ")} by this rule, here`;
}

function Decide({ view, arm, busy, give }) {
  const danger = view.kind === "tool" && view.risk === "danger";
  const yes = view.kind === "plan" ? "Approve plan" : "Allow once";
  const no = view.kind === "plan" ? "Keep planning" : "Deny";
  return html`<div class="sticky">${busy ? null : html`<${Outcome} view=${view} />`}<div class="actions">
      <${Press} arm=${arm} tone="deny" shortcut="d" busy=${busy} onPress=${() => give({ allow: false })}>${no}</${Press}>
      <${Press} arm=${arm} tone=${danger ? "allow-danger" : "allow"} shortcut="a" hold=${danger} busy=${busy} onPress=${() => give({ allow: true })}>${danger ? html`Hold to allow` : yes}</${Press}>
    </div></div>
    <div class="drawers">
      <${Drawer} name="why" title=${view.kind === "plan" ? "Say what to change…" : "Deny and say why…"} view=${view}><${DenyWhy} kind=${view.kind} arm=${arm} busy=${busy} onDeny=${(said) => give({ allow: false, ...said })} /></${Drawer}>
      ${view.kind === "tool" ? html`<${Drawer} name="more" title="More ways to allow" view=${view}><${MoreWays} view=${view} arm=${arm} busy=${busy} onAllow=${(said) => give({ allow: true, ...said })} /></${Drawer}>` : null}
      ${view.editable ? html`<${Drawer} name="edit" title="Edit, then allow" shortcut="e" view=${view}><${EditThenAllow} view=${view} arm=${arm} busy=${busy} onAllow=${(said) => give({ allow: true, ...said })} /></${Drawer}>` : null}
    </div>`;
}

/** A part that opens below the buttons, so that nothing above it moves. */
function Drawer({ name, title, shortcut, children }) {
  const [open, setOpen] = useState(false);
  const toggled = (event) => {
    const box = event.currentTarget;
    setOpen(box.open);
    if (!box.open) return;
    // Showing it may scroll the buttons: they pause.
    moved.value = performance.now();
    requestAnimationFrame(() => box.scrollIntoView({ block: "nearest" }));
  };
  return html`<details class="drawer-box" data-drawer=${name} onToggle=${toggled}>
    <summary data-key=${shortcut} aria-keyshortcuts=${shortcut}>${title}</summary>
    ${open ? children : null}
  </details>`;
}

/** What a tap that came too late can still do. */
function ComesBack({ view, arm }) {
  const danger = view.risk === "danger";
  const allow = async () => {
    const made = await allowNext(view);
    if (made) go(`/a/${made}`);
  };
  return html`<div class="late">
    <p>The agent was told no. You can allow exactly this call once, for when it tries again within ten minutes.</p>
    <${Press} arm=${`${arm}:again`} tone=${danger ? "allow-danger" : "allow"} hold=${danger} onPress=${allow}>${danger ? "Hold to allow the next try" : "Allow the next try"}</${Press}>
  </div>`;
}

function Next({ view, link }) {
  const left = waiting.value.filter((one) => one.id !== view.id);
  const to = left.length ? `/a/${left[0].id}` : "/";
  // It comes where the buttons were: the second of two taps is not meant for it.
  const born = useRef(performance.now());
  const leave = (event) => (performance.now() - born.current < 500 ? event.preventDefault() : follow(event));
  return html`<a class="press next" ref=${link} href=${to} onClick=${leave}><span class="press-label">${left.length ? `Next: ${left.length} waiting` : "Back to the list"}</span></a>`;
}
