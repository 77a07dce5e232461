// The keyboard shortcuts, listed.

import { html } from "../vendor/preact.js";

const KEYS = [
  ["j / k", "next, previous"],
  ["Enter", "open"],
  ["a", "allow once (for danger: hold Enter on the button)"],
  ["d", "deny"],
  ["e", "edit, then allow"],
  ["/", "search the audit"],
  ["?", "this list"],
  ["Esc", "back"],
];

export const Shortcuts = () => html`<section class="panel" aria-labelledby="keys-title">
  <h1 id="keys-title">Keyboard shortcuts</h1>
  <dl class="keys">${KEYS.map(([key, what]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
  <p class="dim">They rest while you type, and Settings turns them off.</p>
</section>`;
