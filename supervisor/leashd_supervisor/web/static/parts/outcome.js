// What became of an answer.

import { html } from "../vendor/preact.js";
import { outcome } from "../answer.js";

/** One line, or nothing. */
export function Outcome({ view }) {
  const found = outcome(view);
  if (!found) return null;
  return html`<p class=${`outcome ${found.tone}`}>
    ${found.text}${found.detail ? html` <span class="said">${found.detail}</span>` : null}
  </p>`;
}
