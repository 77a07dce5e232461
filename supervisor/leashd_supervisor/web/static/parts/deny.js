// Denying with words for the agent.

import { html, useState } from "../vendor/preact.js";
import { Press } from "./press.js";

const CHIPS = ["Wrong branch", "Too broad", "Ask me first", "Use a test database"];

/** Chips and free text; `onDeny({message, stop})`. */
export function DenyWhy({ arm, busy, onDeny }) {
  const [message, setMessage] = useState("");
  const add = (chip) => setMessage((text) => (text ? `${text.replace(/[.\s]*$/, "")}. ${chip}` : chip));
  return html`<div class="drawer">
    <div class="chips" role="group" aria-label="Common reasons">
      ${CHIPS.map((chip) => html`<button type="button" class="chip" key=${chip} onClick=${() => add(chip)}>${chip}</button>`)}
    </div>
    <label class="field">What the agent is told
      <textarea rows="3" value=${message} onInput=${(event) => setMessage(event.currentTarget.value)}></textarea>
    </label>
    <div class="row apart">
      <${Press} arm=${`${arm}:why`} tone="deny" busy=${busy} disabled=${!message.trim()} onPress=${() => onDeny({ message: message.trim() })}>Deny with this</${Press}>
      <${Press} arm=${`${arm}:stop`} tone="deny-stop" busy=${busy} onPress=${() => onDeny({ message: message.trim(), stop: true })}>Deny and stop the turn</${Press}>
    </div>
  </div>`;
}
