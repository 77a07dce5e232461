// Diffs, drawn by the server.

import { html } from "../vendor/preact.js";
import { within } from "./places.js";
import { serverHtml } from "../trusted.js";

/** The files of an edit, open. */
export const Diff = ({ files, where }) => html`<div class="diffs">${files.map((file) => html`<${File} key=${file.path} file=${file} where=${where} />`)}</div>`;

function File({ file, where }) {
  const head = html`<span class="path" title=${file.path}>${within(file.path, where)}</span>
    ${file.added + file.removed ? html` <span class="added">+${file.added}</span> <span class="removed">−${file.removed}</span>` : null}
    ${file.note ? html` <strong class="note">${file.note}</strong>` : null}`;
  if (!file.html) return html`<p class="diff">${head}</p>`;
  return html`<details class="diff" open>
    <summary>${head}</summary>
    <div class="diff-body" tabindex="0" role="region" aria-label=${`Diff of ${file.path}`} dangerouslySetInnerHTML=${serverHtml(file.html)}></div>
  </details>`;
}
