// How long it still waits.

import { html } from "../vendor/preact.js";
import { ago, clock, left } from "../time.js";

/** "asked 1 min ago · denied in 4:10". */
export function Expiry({ view, short = false }) {
  const seconds = left(view);
  if (short) return html`<span class="age">${seconds == null ? ago(view.created) : clock(seconds)}</span>`;
  const end = seconds == null ? "waits until you answer" : `denied in ${clock(seconds)}`;
  if (view.left) return html`<p class="expiry">asked ${ago(view.created)} · the agent no longer waits; a yes counts once, when it tries the same call again</p>`;
  return html`<p class="expiry">asked ${ago(view.created)} · <span class=${seconds != null && seconds < 60 ? "soon" : ""}>${end}</span></p>`;
}
