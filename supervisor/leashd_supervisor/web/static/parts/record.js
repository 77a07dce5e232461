// One decision of the audit.

import { html, useState } from "../vendor/preact.js";
import { ago, stamp } from "../time.js";
import { base } from "./places.js";

const WORDS = { allow: "allowed", deny: "denied", require_approval: "asked" };

/** Who ended it where that was no person. */
const BY = { supervisor: "nobody answered", grant: "by a standing answer" };

/** When it was, in seconds since 1970. */
const moment = (record) => Date.parse(record.time) / 1000;

/** Verdict, tool, subject; a click opens the rest. */
export function Record({ record }) {
  const [open, setOpen] = useState(false);
  const about = [record.rule, record.cwd && base(record.cwd), BY[record.surface] ?? (record.surface && `by a person (${record.surface})`)];
  return html`<li class="record">
    <details onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class=${`verdict ${record.verdict}`}>${WORDS[record.verdict] || record.verdict}</span>
        <span class="record-main"><span class="record-text"><strong>${record.tool || record.event}</strong> <code>${record.text}</code></span>
          <span class="dim">${about.filter(Boolean).join(" · ")}</span></span>
        <time class="age" title=${stamp(moment(record))}>${ago(moment(record))}</time>
      </summary>
      ${open ? html`<${Detail} record=${record} />` : null}
    </details>
  </li>`;
}

function Detail({ record }) {
  const rows = [
    ["Time", stamp(moment(record))],
    ["Why", record.reason],
    ["Agent", record.agent],
    ["Session", record.session],
    ["Where", record.cwd],
    ["Told the host", record.answered],
    ["Entry", record.seq],
  ].filter(([, value]) => value !== undefined && value !== "");
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
