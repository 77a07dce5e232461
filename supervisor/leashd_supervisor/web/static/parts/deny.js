// Denying with words for the agent.

import { html, useState } from "../vendor/preact.js";
import { Press } from "./press.js";

const CHIPS = ["Wrong branch", "Too broad", "Ask me first", "Use a test database"];

/** What the two buttons say. */
const WORDS = {
  tool: ["Deny with this", "Deny and stop the turn"],
  question: ["Decline with this", "Decline and stop the turn"],
  plan: ["Send back with this", "Send back and stop the turn"],
};

/** Chips for calls of tools, and free text; `onDeny({message, stop})`. */
export function DenyWhy({ kind, arm, busy, onDeny }) {
  const [message, setMessage] = useState("");
  const words = WORDS[kind] || WORDS.tool;
  const add = (chip) => setMessage((text) => (text ? `${text.replace(/[.\s]*$/, "")}. ${chip}` : chip));
  return html`<div class="drawer">
    ${kind === "tool"
      ? html`<div class="chips" role="group" aria-label="Common reasons">
          ${CHIPS.map((chip) => html`<button type="button" class="chip" key=${chip} onClick=${() => add(chip)}>${chip}</button>`)}
        </div>`
      : null}
    <label class="field">What the agent is told
      <textarea rows="3" value=${message} onInput=${(event) => setMessage(event.currentTarget.value)}></textarea>
    </label>
    <div class="row apart">
      <${Press} arm=${`${arm}:why`} tone="deny" busy=${busy} disabled=${!message.trim()} onPress=${() => onDeny({ message: message.trim() })}>${words[0]}</${Press}>
      <${Press} arm=${`${arm}:stop`} tone="deny-stop" busy=${busy} onPress=${() => onDeny({ message: message.trim(), stop: true })}>${words[1]}</${Press}>
    </div>
  </div>`;
}
