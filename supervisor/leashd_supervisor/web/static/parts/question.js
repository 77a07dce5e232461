// An agent's question: options, several of them, or an answer in the person's own words.

import { html, useState } from "../vendor/preact.js";
import { Press } from "./press.js";

/** What the agent gets for the choices made: by question, labels joined, or the typed words. */
export function answers(questions, chosen, typed) {
  return Object.fromEntries(
    questions.map(({ question }, index) => {
      const own = (typed[index] || "").trim();
      return [question, [...(chosen[index] || []), ...(own ? [own] : [])].join(", ")];
    }),
  );
}

/** What the answers add to the input of a question. */
export const answered = (said) => ({ answers: said });

/** The form; `onAnswer(input)` and `onDeny()`. */
export function Questions({ view, arm, busy, onAnswer, onDeny }) {
  const questions = view.questions || [];
  const [chosen, setChosen] = useState({});
  const [typed, setTyped] = useState({});
  const pick = (index, label, several) =>
    setChosen((all) => {
      const had = all[index] || [];
      const next = several ? (had.includes(label) ? had.filter((one) => one !== label) : [...had, label]) : [label];
      return { ...all, [index]: next };
    });
  const write = (index, text, several) => {
    setTyped((all) => ({ ...all, [index]: text }));
    if (!several && text.trim()) setChosen((all) => ({ ...all, [index]: [] }));
  };
  const complete = questions.every((_, index) => chosen[index]?.length || typed[index]?.trim());
  return html`<div>
    ${questions.map(
      (one, index) => html`<fieldset class="question" dir="auto" key=${index}>
        <legend>${one.header ? html`<span class="tag">${one.header}</span> ` : ""}${one.question}</legend>
        ${one.multiSelect ? html`<p class="dim">Choose any number.</p>` : null}
        ${(one.options || []).map(
          (option) => html`<label class="choice" key=${option.label}>
            <input type=${one.multiSelect ? "checkbox" : "radio"} name=${`q-${view.id}-${index}`}
              checked=${(chosen[index] || []).includes(option.label)}
              onChange=${() => {
                pick(index, option.label, one.multiSelect);
                if (!one.multiSelect) setTyped((all) => ({ ...all, [index]: "" }));
              }} />
            <span>${option.label}${option.description ? html`<small>${option.description}</small>` : null}</span>
          </label>`,
        )}
        <label class="field">${(one.options || []).length ? "Or in your own words" : "Your answer"}
          <input type="text" value=${typed[index] || ""} onInput=${(event) => write(index, event.currentTarget.value, one.multiSelect)} />
        </label>
      </fieldset>`,
    )}
    <div class="actions">
      <${Press} arm=${arm} tone="deny" shortcut="d" busy=${busy} onPress=${onDeny}>Do not answer</${Press}>
      <${Press} arm=${arm} tone="allow" shortcut="a" busy=${busy} disabled=${!complete}
        onPress=${() => onAnswer(answered(answers(questions, chosen, typed)))}>Answer</${Press}>
    </div>
  </div>`;
}
