// The login: the key, or the code of a link or QR code that another device shows.

import { html, useState } from "../vendor/preact.js";
import { Refused, post, session } from "../api.js";
import { Prose } from "../parts/prose.js";

/** Takes the pairing code out of the address, uses it up, and says whether that opened a session. */
export async function pairFromAddress() {
  const found = /^#pair=(.+)$/.exec(location.hash);
  if (!found) return false;
  history.replaceState(null, "", location.pathname);
  try {
    await post("/api/login", { code: decodeURIComponent(found[1]) });
    return true;
  } catch (error) {
    refused.why = explain(error);
    return false;
  }
}

const refused = { why: null };

function explain(error) {
  if (!(error instanceof Refused)) return { text: String(error) };
  const wait = error.body.retry_after;
  return { text: error.message, help: wait ? `Try again in ${Math.ceil(wait)} s.` : error.help };
}

export function Login({ onDone }) {
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [why, setWhy] = useState(refused.why);
  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    setWhy(null);
    try {
      await post("/api/login", { key: key.trim() });
      setKey("");
      session.value = true;
      onDone();
    } catch (error) {
      setWhy(explain(error));
    }
    setBusy(false);
  };
  return html`<main class="login">
    <img src="/static/icons/favicon.svg" width="56" height="56" alt="" />
    <h1>leashd</h1>
    <p class="dim">Your agents ask here before they do what cannot be undone.</p>
    <form onSubmit=${send}>
      <label class="field">Key
        <input type="password" name="key" autocomplete="current-password" required value=${key}
          aria-invalid=${why ? "true" : null} aria-describedby=${why ? "why" : null}
          onInput=${(event) => setKey(event.currentTarget.value)} />
      </label>
      <div id="why" role="alert">${why ? html`<p class="outcome bad"><${Prose} text=${why.text} />${why.help ? html`<br /><span class="said"><${Prose} text=${why.help} /></span>` : null}</p>` : null}</div>
      <button class="primary wide" disabled=${busy || !key.trim()}>${busy ? "Checking…" : "Log in"}</button>
    </form>
    <p class="dim small-print"><code>leashd start</code> shows a link that logs you in, and the first time the key. On a device that is logged in, Settings shows a QR code.</p>
  </main>`;
}
