// The live feed: every decision as it is made.

import { html, useEffect, useState } from "../vendor/preact.js";
import { get, query } from "../api.js";
import { decisions, link } from "../store.js";
import { Record } from "../parts/record.js";

const BEFORE = 50;
const key = (record) => record.id ?? record.seq;

export function Feed() {
  const [older, setOlder] = useState(null);
  const [only, setOnly] = useState("");
  useEffect(() => {
    get(query("/api/audit", { limit: BEFORE })).then((found) => setOlder(found.records), () => setOlder([]));
  }, []);
  const live = decisions.value;
  const seen = new Set(live.map(key));
  const all = [...live, ...(older || []).filter((record) => !seen.has(key(record)))].filter((record) => !only || record.verdict === only);
  return html`<section class="panel" aria-labelledby="feed-title">
    <header class="section-head"><h1 id="feed-title">Live feed</h1><span class=${`tag ${link.value}`}>${link.value === "live" ? "live" : "reconnecting"}</span></header>
    <div class="chips" role="group" aria-label="Show">
      ${[["", "everything"], ["deny", "denied"], ["require_approval", "asked"], ["allow", "allowed"]].map(
        ([name, words]) => html`<button type="button" key=${name} class="chip" aria-pressed=${only === name ? "true" : "false"} onClick=${() => setOnly(name)}>${words}</button>`,
      )}
    </div>
    ${all.length ? html`<ul class="records">${all.map((record) => html`<${Record} key=${key(record)} record=${record} />`)}</ul>` : html`<p class="empty">${older ? "No decisions yet." : "Loading…"}</p>`}
  </section>`;
}
