// One decision of the audit.

import { html, useState } from "../vendor/preact.js";
import { ago, stamp } from "../time.js";

const WORDS = { allow: "allowed", deny: "denied", require_approval: "asked" };

/** What a record is about, in one line. */
export function subject(record) {
  const input = record.input || {};
  for (const name of ["command", "file_path", "url", "pattern", "notebook_path", "query"]) {
    if (typeof input[name] === "string") return input[name];
  }
  return record.title || record.text || record.event || "";
}

/** Verdict, tool, subject; a click opens the rest. */
export function Record({ record }) {
  const [open, setOpen] = useState(false);
  const person = record.surface ? ` by a person (${record.surface})` : "";
  return html`<li class="record">
    <details onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class=${`verdict ${record.verdict}`}>${WORDS[record.verdict] || record.verdict}</span>
        <span class="record-main"><span class="record-text"><strong>${record.tool || record.event}</strong> <code>${subject(record)}</code></span>
          <span class="dim">${record.rule ? `${record.rule} · ` : ""}${(record.cwd || "").split("/").pop()}${person}</span></span>
        <time class="age" title=${stamp(record.time)}>${ago(record.time)}</time>
      </summary>
      ${open ? html`<${Detail} record=${record} />` : null}
    </details>
  </li>`;
}

function Detail({ record }) {
  const rows = [
    ["Time", stamp(record.time)],
    ["Why", record.reason],
    ["Agent", [record.agent, record.mode, record.subagent].filter(Boolean).join(" · ")],
    ["Session", record.session],
    ["Where", record.cwd],
    ["Entry", record.seq],
  ].filter(([, value]) => value !== undefined && value !== "");
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${record.input ? html`<pre class="raw" tabindex="0" role="region" aria-label="Input">${JSON.stringify(record.input, null, 2)}</pre>` : null}`;
}
