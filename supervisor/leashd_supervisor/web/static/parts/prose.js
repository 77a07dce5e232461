// A sentence with `code` in it.

import { html } from "../vendor/preact.js";

/** The text; what stands between backquotes is code. */
export const Prose = ({ text }) => text.split("`").map((part, index) => (index % 2 ? html`<code>${part}</code>` : part));
