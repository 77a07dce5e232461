// The audit: search, filters, the state of the chain, export.

import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { get, query } from "../api.js";
import { Record } from "../parts/record.js";

const EMPTY = { q: "", verdict: "", rule: "", tool: "", session: "" };
const PAGE = 50;
const TYPING = 250;

export function Audit() {
  const [asked, setAsked] = useState(EMPTY);
  const [found, setFound] = useState(null);
  const [why, setWhy] = useState("");
  const newest = useRef(0);
  const look = async (before = null) => {
    const turn = ++newest.current;
    try {
      const page = await get(query("/api/audit", { ...asked, before, limit: PAGE }));
      if (turn !== newest.current) return;
      setWhy("");
      setFound((had) => ({ records: before == null ? page.records : [...(had?.records || []), ...page.records], next: page.next }));
    } catch (error) {
      if (turn === newest.current) setWhy(error.message);
    }
  };
  useEffect(() => {
    const timer = setTimeout(look, TYPING);
    return () => clearTimeout(timer);
  }, [asked]);
  const set = (name) => (event) => setAsked({ ...asked, [name]: event.currentTarget.value });
  const out = (format) => query("/api/audit/export", { ...asked, format });
  return html`<section class="panel" aria-labelledby="audit-title">
    <header class="section-head"><h1 id="audit-title">Audit</h1><${Chain} /></header>
    <form class="filters" role="search" onSubmit=${(event) => (event.preventDefault(), look())}>
      <label class="field grow">Search<input type="search" id="search" value=${asked.q} onInput=${set("q")} /></label>
      <label class="field">Verdict
        <select value=${asked.verdict} onChange=${set("verdict")}>
          <option value="">any</option><option value="allow">allowed</option><option value="deny">denied</option><option value="require_approval">asked</option>
        </select></label>
      <label class="field">Tool<input value=${asked.tool} onInput=${set("tool")} autocapitalize="off" /></label>
      <label class="field">Rule<input value=${asked.rule} onInput=${set("rule")} autocapitalize="off" /></label>
      <label class="field">Session<input value=${asked.session} onInput=${set("session")} autocapitalize="off" /></label>
    </form>
    ${why ? html`<p class="outcome bad" role="alert">${why}</p>` : null}
    <ul class="records">${found?.records.map((record) => html`<${Record} key=${record.id} record=${record} />`)}</ul>
    ${found?.records.length ? null : html`<p class="empty">${found ? "Nothing found." : why ? "Nothing to show." : "Loading…"}</p>`}
    ${found?.next != null ? html`<button type="button" class="quiet" onClick=${() => look(found.next)}>Older</button>` : null}
    <p class="exports">Export what is found: <a href=${out("jsonl")} download>JSON Lines</a> · <a href=${out("csv")} download>CSV</a></p>
  </section>`;
}

function Chain() {
  const [state, setState] = useState(null);
  const look = () => {
    setState(null);
    get("/api/audit/verify").then(setState, (error) => setState({ ok: false, lines: 0, problems: [error.message] }));
  };
  useEffect(look, []);
  if (!state) return html`<span class="tag">checking the chain…</span>`;
  if (state.ok) return html`<button type="button" class="tag good" onClick=${look} title="Check again">chain whole · ${state.lines} entries</button>`;
  return html`<details class="chain-bad"><summary class="tag bad">chain broken</summary>
    <ul>${(state.problems || []).map((one) => html`<li>${typeof one === "string" ? one : one.problem || one.what || JSON.stringify(one)}</li>`)}</ul></details>`;
}
