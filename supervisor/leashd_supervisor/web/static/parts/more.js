// More ways to allow: not to be asked again, after seeing what that would have covered.

import { html, useEffect, useState } from "../vendor/preact.js";
import { get } from "../api.js";
import { Press } from "./press.js";

const SCOPES = [
  ["session", "this exact call, for the rest of this session"],
  ["project", "this exact call, in this project from now on"],
];

/** The choice, its preview, and the button; `onAllow({scope})`. */
export function MoreWays({ view, arm, busy, onAllow }) {
  const [covered, setCovered] = useState(null);
  const [scope, setScope] = useState("session");
  useEffect(() => {
    let here = true;
    get(`/api/approvals/${view.id}/covered`)
      .then((found) => here && setCovered(found))
      .catch((error) => here && setCovered({ refuses: error.message, would_have_covered: [] }));
    return () => (here = false);
  }, [view.id, view.digest]);
  if (!covered) return html`<div class="drawer"><p class="dim">Looking up what it would cover…</p></div>`;
  if (covered.refuses) return html`<div class="drawer"><p>Only once: ${covered.refuses}.</p></div>`;
  const options = view.project ? SCOPES : SCOPES.slice(0, 1);
  return html`<div class="drawer">
    <fieldset>
      <legend>Do not ask again for</legend>
      ${options.map(
        ([name, words]) => html`<label class="choice" key=${name}>
          <input type="radio" name=${`scope-${view.id}`} checked=${scope === name} onChange=${() => setScope(name)} />
          <span>${words}</span>
        </label>`,
      )}
    </fieldset>
    <${Covered} found=${covered.would_have_covered} />
    <div class="row end">
      <${Press} arm=${`${arm}:${scope}`} tone="allow" busy=${busy} onPress=${() => onAllow({ scope })}>Allow, and do not ask again</${Press}>
    </div>
  </div>`;
}

function Covered({ found }) {
  if (!found.length) return html`<p class="dim covered">It would have covered none of the earlier calls.</p>`;
  return html`<details class="covered">
    <summary>It would have covered ${found.length} earlier ${found.length === 1 ? "call" : "calls"}</summary>
    <ul class="plain-list">${found.map((one) => html`<li key=${one.id}><code>${one.text || one.verb}</code></li>`)}</ul>
  </details>`;
}
