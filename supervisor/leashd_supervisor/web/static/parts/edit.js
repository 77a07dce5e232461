// Editing what runs, then allowing it.  The hook judges the edited call anew.

import { html, useState } from "../vendor/preact.js";
import { Press } from "./press.js";

/** The editor of the one field that may be edited; `onAllow({input})`. */
export function EditThenAllow({ view, arm, busy, onAllow }) {
  const before = view.text;
  const [text, setText] = useState(before);
  const changed = text.trim() !== "" && text !== before;
  return html`<div class="drawer">
    <label class="field">The ${view.editable} that runs instead
      <textarea class="mono" rows="4" spellcheck="false" autocapitalize="off" autocomplete="off" value=${text}
        onInput=${(event) => setText(event.currentTarget.value)}></textarea>
    </label>
    <p class="dim">It is judged again by the policy; what the policy denies stays denied.</p>
    <div class="row end">
      <button type="button" class="quiet" onClick=${() => setText(before)} disabled=${!changed}>Undo edits</button>
      <${Press} arm=${`${arm}:edit:${text}`} hold=${view.risk === "danger"} tone="allow" busy=${busy} disabled=${!changed}
        onPress=${() => onAllow({ input: { [view.editable]: text } })}>
        ${view.risk === "danger" ? "Hold to allow the edited one" : "Allow the edited one"}
      </${Press}>
    </div>
  </div>`;
}
