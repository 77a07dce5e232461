// Diffs, drawn by the server.

import { html } from "../vendor/preact.js";
import { within } from "./places.js";
import { serverHtml } from "../trusted.js";

/** The files of an edit, open. */
export const Diff = ({ files, where }) =>
  html`<section class="diffs" aria-label="Changes">
    ${files.map(
      (file) => html`<details class="diff" open key=${file.path}>
        <summary><span class="path" title=${file.path}>${within(file.path, where)}</span>${file.added + file.removed ? html` <span class="added">+${file.added}</span> <span class="removed">−${file.removed}</span>` : null}${file.note ? html` <strong class="note">${file.note}</strong>` : null}</summary>
        ${file.html ? html`<div class="diff-body" tabindex="0" role="region" aria-label=${`Diff of ${file.path}`} dangerouslySetInnerHTML=${serverHtml(file.html)}></div>` : null}
      </details>`,
    )}
  </section>`;
