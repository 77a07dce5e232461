// The page put together: login or panels, the stream, keys, badges.

import { effect, html, render, signal, useEffect } from "./vendor/preact.js";
import { get, session } from "./api.js";
import { count } from "./announce.js";
import { listen } from "./keys.js";
import { begin, withdraw } from "./push.js";
import { follow, route } from "./route.js";
import { forget, link, listed, me, tidy, waiting } from "./store.js";
import * as stream from "./stream.js";
import { Icon } from "./parts/icons.js";
import { Audit } from "./panels/audit.js";
import { Card } from "./panels/card.js";
import { Dashboard } from "./panels/dashboard.js";
import { Feed } from "./panels/feed.js";
import { Login, pairFromAddress } from "./panels/login.js";
import { Policy } from "./panels/policy.js";
import { Settings } from "./panels/settings.js";
import { Shortcuts } from "./panels/shortcuts.js";

const WIDE = matchMedia("(min-width: 960px)");
const wide = signal(WIDE.matches);
WIDE.addEventListener("change", () => (wide.value = WIDE.matches));

const PANELS = { feed: Feed, audit: Audit, policy: Policy, settings: Settings, shortcuts: Shortcuts };
const TABS = [["", "Needs you", "inbox"], ["feed", "Feed", "feed"], ["audit", "Audit", "audit"], ["policy", "Policy", "policy"], ["settings", "Settings", "settings"]];

function App() {
  if (session.value === null) return html`<main class="plain"><p class="dim">Connecting…</p></main>`;
  if (session.value === false) return html`<${Login} onDone=${enter} />`;
  const { panel, id } = route.value;
  return html`<div class=${`page at-${panel}`}>
    <${Bar} panel=${panel} />
    ${link.value === "away" ? html`<p class="offline" role="status">Not connected. Trying again; nothing is lost.</p>` : null}
    <main id="main">${PANELS[panel] ? html`<${PANELS[panel]} />` : html`<${Desk} panel=${panel} id=${id} />`}</main>
  </div>`;
}

/** List and card: side by side where there is room, one at a time on a phone. */
function Desk({ panel, id }) {
  useEffect(() => tidy(id), [id]);
  if (!wide.value) return panel === "card" ? html`<${Card} id=${id} />` : html`<${Dashboard} />`;
  return html`<div class="desk"><${Dashboard} current=${id} />
    <div class="beside">${panel === "card" ? html`<${Card} id=${id} />` : html`<p class="empty">${listed.value.length ? "Choose one on the left, or press j." : "What an agent asks shows here."}</p>`}</div></div>`;
}

function Bar({ panel }) {
  const n = waiting.value.length;
  return html`<header class="bar">
    <a class="brand" href="/" onClick=${follow}><img src="/static/icons/favicon.svg" width="24" height="24" alt="" />leashd</a>
    <span class="machine">${me.value?.machine}<span class=${`dot ${link.value}`} title=${link.value}></span></span>
    <nav class="tabs" aria-label="Panels">${TABS.map(([name, words, icon]) => {
      const here = name ? panel === name : panel === "dashboard" || panel === "card";
      return html`<a key=${name} href=${name ? `/#${name}` : "/"} onClick=${follow} aria-current=${here ? "page" : null}>
        <${Icon} name=${icon} /><span>${words}</span>${!name && n ? html`<span class="number">${n}</span>` : null}</a>`;
    })}</nav>
  </header>`;
}

function arrived(view, fresh) {
  if (view.state !== "pending") withdraw(view.id);
  void fresh;
}

/** Once there is a session: who we are, then everything that happens. */
async function enter() {
  forget();
  try {
    me.value = await get("/api/me");
    session.value = true;
  } catch (error) {
    if (session.value === false) return;
    // Nobody there yet: the stream's own retries bring the rest.
    setTimeout(enter, 2000);
    return;
  }
  await stream.start(arrived);
  begin();
}

effect(() => {
  const theme = me.value?.settings?.theme;
  document.documentElement.dataset.theme = theme || "system";
});
effect(() => {
  if (session.value === false) {
    stream.stop();
    forget();
  }
});

count();
listen();
// A tidy list while nobody looks: what settled leaves when the person comes back.
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tidy(route.value.id));
const place = document.getElementById("app");
place.replaceChildren();
render(html`<${App} />`, place);
addEventListener("hashchange", async () => (await pairFromAddress()) && location.reload());
await pairFromAddress();
enter();
