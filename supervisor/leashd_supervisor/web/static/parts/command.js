// What would run, whole, with the words that matter marked.

import { html, useState } from "../vendor/preact.js";
import { Icon } from "./icons.js";

const LONG = 24;
/** Letters that are written from right to left. */
const LEFTWARD = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802-\ud803\ud83a-\ud83b]/;

/** Cuts `text` into marked and plain pieces.  Ranges count characters, as the server does, not UTF-16 units. */
export function pieces(text, ranges) {
  const characters = Array.from(text);
  const cut = [];
  let at = 0;
  for (const [start, end, kind] of [...(ranges || [])].sort((a, b) => a[0] - b[0])) {
    if (start < at || end > characters.length) continue;
    if (start > at) cut.push([characters.slice(at, start).join(""), ""]);
    cut.push([characters.slice(start, end).join(""), kind]);
    at = end;
  }
  if (at < characters.length) cut.push([characters.slice(at).join(""), ""]);
  return cut;
}

/** The text with its marks, in a line that wraps. */
export const Marked = ({ text, ranges }) =>
  pieces(text, ranges).map(([piece, kind]) => (kind ? html`<mark class=${kind}>${apart(piece)}</mark>` : apart(piece)));

/** Words written from right to left each for itself, so that they stand in the order in which they run. */
const apart = (text) =>
  LEFTWARD.test(text) ? text.split(/(\s+)/).map((word) => (LEFTWARD.test(word) ? html`<bdi>${word}</bdi>` : word)) : text;

/** The whole text in a box; a very long one scrolls, and says how long it is. */
export function Command({ view }) {
  const [copied, setCopied] = useState(false);
  const lines = view.text.split("\n").length;
  const long = lines > LONG || view.text.length > 2400;
  const copy = async () => {
    await navigator.clipboard.writeText(view.text).catch(() => {});
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return html`<figure class="command">
    <pre class=${long ? "long" : ""} tabindex=${long ? 0 : null} aria-label=${long ? "What runs" : null} role=${long ? "region" : null}><code><${Marked} text=${view.text} ranges=${view.highlights} /></code></pre>
    <figcaption>
      <span>${long ? `${lines > 1 ? `${lines} lines, ` : ""}${view.text.length} characters: scroll to read all of it` : ""}</span>
      <button type="button" class="quiet small" onClick=${copy}><${Icon} name="copy" />${copied ? "Copied" : "Copy"}</button>
    </figcaption>
  </figure>`;
}
