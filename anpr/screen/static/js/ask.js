// One question over everything, answered by one tap: whose deed it is, or why something is looked up. Nothing remembers the answer.
import { button, controls, el } from "./dom.js";
/** @import { Officer } from "./types.d.ts" */

/** @type {(() => void) | null} */
let takeBack = null;

// Resolves with the value of what was tapped, or with null when the question was left.
/**
 * @param {string} title
 * @param {{ label: string, small?: string, value: string }[]} choices
 * @returns {Promise<string | null>}
 */
function ask(title, choices) {
  takeBack?.();
  const before = document.activeElement;
  return new Promise((resolve) => {
    const answer = (/** @type {string | null} */ value) => {
      box.remove();
      removeEventListener("keydown", keys, true);
      takeBack = null;
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(value);
    };
    const inner = el("div", { role: "dialog", "aria-modal": "true", "aria-label": title }, el("h2", { text: title }),
      el("div", { class: "answers" }, choices.map(({ label, small, value }) => button([label, small && el("small", { text: small })], () => answer(value), { data: { value } }))),
      el("div", { class: "ends" }, button("Back", () => answer(null))));
    const box = el("div", { class: "sheet question" }, inner);
    const keys = (/** @type {KeyboardEvent} */ event) => {
      const stops = controls(inner);
      const edge = event.shiftKey ? stops[0] : stops.at(-1);
      if (event.key === "Escape") { event.stopPropagation(); answer(null); }
      if (event.key !== "Tab" || (document.activeElement !== edge && inner.contains(document.activeElement))) return;
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    };
    takeBack = () => answer(null);
    document.body.append(box);
    addEventListener("keydown", keys, true);
    controls(inner)[0]?.focus();
  });
}

// While the car moves nothing is asked.
export function askNoMore() {
  takeBack?.();
}

/** @param {Officer[]} officers */
export const askWhose = (officers) => ask("Whose is it?", officers.map(({ name, collar }) => ({ label: name, small: collar, value: collar })));

/** @param {string[]} reasons */
export const askReason = (reasons) => ask("Why is it looked up?", reasons.map((reason) => ({ label: reason, value: reason })));
