// Icons as SVG, drawn here.

import { html } from "../vendor/preact.js";

const PATHS = {
  low: html`<circle cx="10" cy="10" r="7" /><path d="m6.8 10.2 2.3 2.3 4.2-4.6" />`,
  check: html`<circle cx="10" cy="10" r="7" /><path d="M10 6v4.6M10 13.7v.1" />`,
  danger: html`<path d="M10 2.6 18 16.8H2z" /><path d="M10 8v4.2M10 14.4v.1" />`,
  question: html`<circle cx="10" cy="10" r="7" /><path d="M7.9 8.1a2.1 2.1 0 1 1 3.1 1.9c-.7.4-1 .8-1 1.5M10 14v.1" />`,
  plan: html`<path d="M5 3h10v14H5zM7.6 7h4.8M7.6 10h4.8M7.6 13h2.6" />`,
  back: html`<path d="m12 4-6 6 6 6" />`,
  next: html`<path d="m8 4 6 6-6 6" />`,
  inbox: html`<path d="M3 11h4l1.4 2.4h3.2L13 11h4M3 11l2.4-6.4h9.2L17 11v5H3z" />`,
  feed: html`<path d="M3 10h3l2-5.4 4 10.8 2-5.4h3" />`,
  audit: html`<path d="M5 3h7l3 3v11H5zM8 9h4M8 12h4" />`,
  policy: html`<path d="M10 2.8 16 5v5c0 3.6-2.4 6-6 7.2C6.4 16 4 13.6 4 10V5z" />`,
  settings: html`<path d="M3 6h8M15 6h2M3 14h2M9 14h8" /><circle cx="13" cy="6" r="2" /><circle cx="7" cy="14" r="2" />`,
  copy: html`<path d="M7 7h9v9H7zM13 7V4H4v9h3" />`,
};

/** One icon; the word beside it says the same, so it is hidden from screen readers. */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">${PATHS[name]}</svg>`;

const WORDS = { low: "Low", check: "Check", danger: "Danger" };

/** What an approval is, in one word with its icon. */
export function Mark({ view }) {
  const name = view.kind === "tool" ? view.risk : view.kind;
  const word = WORDS[name] || (name === "plan" ? "Plan" : "Question");
  return html`<span class=${`mark ${name}`}><${Icon} name=${name} />${word}</span>`;
}
