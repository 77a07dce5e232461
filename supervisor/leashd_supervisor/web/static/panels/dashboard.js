// The dashboard: who needs you, who works, what is done.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { allowAll, answer, trips, word } from "../answer.js";
import { follow, go, left } from "../route.js";
import { agents, chosen, listed, loaded, settled, tidy, waiting } from "../store.js";
import { ago } from "../time.js";
import { base, place, within } from "../parts/places.js";
import { Icon, Mark } from "../parts/icons.js";
import { Marked } from "../parts/command.js";
import { Diff } from "../parts/diff.js";
import { Expiry } from "../parts/expiry.js";
import { Outcome } from "../parts/outcome.js";
import { Press } from "../parts/press.js";
import { answered } from "../parts/question.js";

const DONE = 12;

export function Dashboard({ current = "" }) {
  useEffect(() => () => tidy(), []);
  // Back to the place that one had come to.
  useLayoutEffect(() => scrollTo(0, left()), []);
  if (!loaded.value) return html`<div class="dashboard"><header class="section-head"><h1 id="needs">Needs you</h1></header><p class="empty">Loading…</p></div>`;
  const low = waiting.value.filter((one) => one.risk === "low" && one.kind === "tool" && whole(one));
  const others = agents.value.filter((one) => one.state !== "waiting");
  const working = others.filter((one) => one.state === "working");
  const resting = others.filter((one) => one.state === "done");
  return html`<div class="dashboard">
    <section aria-labelledby="needs">
      <header class="section-head">
        <h1 id="needs">Needs you <span class="number">${waiting.value.length}</span></h1>
        ${low.length > 1 ? html`<${Bulk} views=${low} />` : null}
      </header>
      ${listed.value.length
        ? html`<ul class="rows">${listed.value.map((view) => html`<${Row} key=${view.id} view=${view} open=${view.id === current} />`)}</ul>`
        : html`<p class="empty"><${Icon} name="low" />Nothing waits for you.</p>`}
    </section>
    ${working.length ? html`<${Agents} title="Working" rows=${working} />` : null}
    ${settled.value.length || resting.length
      ? html`<section aria-labelledby="done">
          <h2 id="done">Done</h2>
          <ul class="rows quiet-rows">
            ${settled.value.slice(0, DONE).map((view) => html`<${DoneRow} key=${view.id} view=${view} />`)}
          </ul>
          ${resting.length ? html`<ul class="rows quiet-rows">${resting.map((one) => html`<${AgentRow} key=${one.session} agent=${one} />`)}</ul>` : null}
        </section>`
      : null}
  </div>`;
}

/** Whether an edit is so small that its row shows all of it. */
const small = ({ diff }) => diff?.length === 1 && !diff[0].note && diff[0].added + diff[0].removed <= 6 && diff[0].html.length <= 1500;

/** Whether a row shows all there is to see, so that it may be allowed from there. */
const whole = (view) => (view.diff?.length ? small(view) : view.text.length <= 240 && view.text.split("\n").length <= 4);

function Row({ view, open }) {
  const busy = trips.value.get(view.id)?.phase === "sending";
  const pending = view.state === "pending";
  const arm = `${view.id}:${view.digest}:${view.state}`;
  const give = async (said) => {
    const row = document.getElementById(`row-${view.id}`);
    if (await answer(view, said)) focusAfter(row);
  };
  const current = chosen.value === view.id;
  useEffect(() => open && document.getElementById(`row-${view.id}`).scrollIntoView({ block: "nearest" }), [open]);
  return html`<li id=${`row-${view.id}`} class=${`row-card ${view.kind === "tool" ? view.risk : view.kind} ${view.state} ${current ? "current" : ""} ${open ? "open" : ""}`} data-id=${view.id}>
    <a class="row-link" href=${`/a/${view.id}`} onClick=${follow} data-key="Enter" onFocus=${() => (chosen.value = view.id)}>
      <span class="row-top"><${Mark} view=${view} /><span class="row-where">${place(view)}</span><${Expiry} view=${view} short=${true} /></span>
      <span class="row-verb" dir="auto">${view.kind === "question" ? view.questions?.[0]?.question || view.verb : view.verb}</span>
      ${view.kind === "tool" && view.risk === "danger" ? html`<span class="row-why">${view.risk_why}${view.undo ? ` · ${view.undo}` : ""}</span>` : null}
      ${view.kind === "plan" ? html`<span class="row-text" dir="auto">${headline(view.text)}</span>` : null}
      ${view.kind === "tool" && !small(view) ? html`<code class="row-text">${whole(view) ? html`<${Marked} text=${view.text} ranges=${view.highlights} />` : `${firstLine(view)}`}</code>` : null}
    </a>
    ${small(view) ? html`<${Diff} files=${view.diff} where=${view.where} />` : null}
    ${pending && !busy ? html`<${Outcome} view=${view} />` : null}
    <div class="actions small-actions">${pending ? choices(view, arm, busy, give) : html`<${Outcome} view=${view} />`}</div>
  </li>`;
}

/** What a plan begins with. */
const headline = (text) => (text.split("\n").find((line) => /\w/.test(line)) || "").replace(/^[#\s]+/, "").slice(0, 120);

const firstLine = (view) =>
  view.diff?.length
    ? view.diff.map((file) => within(file.path, view.where)).join(", ")
    : `${view.text.slice(0, 400).replace(/\s+/g, " ").slice(0, 100)} … (${view.text.length} characters, open to read)`;

function choices(view, arm, busy, give) {
  const name = view.verb;
  const no = { question: "Decline", plan: "Keep planning" }[view.kind] || "Deny";
  const deny = html`<${Press} arm=${arm} tone="deny" shortcut="d" busy=${busy} label=${`${no}: ${name}`} onPress=${() => give({ allow: false })}>${no}</${Press}>`;
  const review = html`<a class="press review" href=${`/a/${view.id}`} onClick=${follow}><span class="press-label">${view.kind === "question" ? "Answer" : "Review"}</span></a>`;
  const quick = view.kind === "question" && quickOptions(view);
  if (quick) {
    return html`${quick.map(
      (label) => html`<${Press} key=${label} arm=${arm} tone="option" busy=${busy} onPress=${() => give({ allow: true, input: answered({ [view.questions[0].question]: label }) })}>${label}</${Press}>`,
    )}${review}`;
  }
  if (view.kind !== "tool" || view.risk === "danger" || !whole(view)) return html`${deny}${review}`;
  return html`${deny}<${Press} arm=${arm} tone="allow" shortcut="a" busy=${busy} label=${`Allow once: ${name}`} onPress=${() => give({ allow: true })}>Allow</${Press}>`;
}

function quickOptions(view) {
  const [only, ...more] = view.questions || [];
  if (!only || more.length || only.multiSelect) return null;
  const labels = (only.options || []).map((option) => option.label);
  return labels.length && labels.length <= 3 && labels.every((label) => label.length <= 14) ? labels : null;
}

/** The focus goes to the next row that waits, never to one of its buttons. */
function focusAfter(row) {
  const rows = [...document.querySelectorAll(".row-card.pending")];
  const next = rows.find((one) => row && row.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) || rows[0];
  (next || document.getElementById("needs"))?.querySelector?.(".row-link")?.focus({ preventScroll: true });
}

function Bulk({ views }) {
  const dialog = useRef(null);
  const [shown, setShown] = useState([]);
  const open = () => {
    setShown(views);
    dialog.current.showModal();
  };
  const arm = shown.map((view) => view.id).join();
  const still = shown.filter((view) => views.some((one) => one.id === view.id));
  return html`<button type="button" class="quiet bulk" onClick=${open}>Allow low ×${views.length}…</button>
    <dialog ref=${dialog} aria-labelledby="bulk-title">
      <h2 id="bulk-title">Allow these ${still.length}, once each?</h2>
      <ul class="plain-list">${still.map((view) => html`<li key=${view.id}><span class="dim">${place(view)}</span><code class="row-text">${view.text}</code></li>`)}</ul>
      <div class="actions">
        <button type="button" class="press" onClick=${() => dialog.current.close()}><span class="press-label">Back</span></button>
        <${Press} arm=${arm} tone="allow" disabled=${!still.length} onPress=${() => {
          dialog.current.close();
          allowAll(still);
        }}>Allow ${still.length}</${Press}>
      </div>
    </dialog>`;
}

const Agents = ({ title, rows }) => html`<section aria-label=${title}>
  <h2>${title} <span class="number">${rows.length}</span></h2>
  <ul class="rows quiet-rows">${rows.map((one) => html`<${AgentRow} key=${one.session} agent=${one} />`)}</ul>
</section>`;

const AgentRow = ({ agent }) => html`<li class="line">
  <span class=${`dot ${agent.state}`} aria-hidden="true"></span>
  <span class="line-main"><strong>${base(agent.project || agent.cwd)}</strong> <span class="dim">${agent.agent}</span><span class="line-text">${agent.last}</span></span>
  <span class="age">${ago(agent.since)}</span>
</li>`;

const DoneRow = ({ view }) => html`<li class="line">
  <span class=${`dot ${view.state}`} aria-hidden="true"></span>
  <a class="line-main" href=${`/a/${view.id}`} onClick=${(event) => (event.preventDefault(), go(`/a/${view.id}`))}>${view.verb}<span class="line-text">${view.text}</span></a>
  <span class="age">${ended(view)} ${ago(view.settled)}</span>
</li>`;

const ended = (view) => (({ allowed: word(view), denied: word(view), expired: "expired", cancelled: "withdrawn" })[view.state] || "at the terminal").toLowerCase();
