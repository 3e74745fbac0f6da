// A mark typed from a picture, and what comes of it: it is matched against all lists at once.
import { act } from "../api.js";
import { changed, store } from "../store.js";
import { button, el, toast } from "../dom.js";
import { keysFor, markInput } from "../keys.js";
import { sheet } from "../sheet.js";
import { spaced } from "../words.js";
/** @import { Child } from "../page.d.ts" */
/** @import { Alert } from "../types.d.ts" */

/**
 * @param {string} title
 * @param {string} value
 * @param {(input: HTMLInputElement) => Child} above
 * @param {{ name: "correct" | "capture-keep", body: () => object }} action
 */
export function typedSheet(title, value, above, { name, body }) {
  const input = markInput("typed-mark", value);
  input.placeholder = "What the plate says";
  sheet(title, (close) => [
    above(input),
    el("label", { for: "typed-mark", class: "unseen", text: "What the plate says" }),
    el("div", { class: "ask" }, input, button("Back", close), el("button", { type: "submit", class: "primary", text: "Save" })),
    keysFor(input),
  ], async (close) => {
    const answer = await act(name, { ...body(), vrm: input.value });
    if (!answer) return;
    close();
    const [alert] = answer.alerts;
    if (alert) show(alert);
    else if (!answer.warning) toast(`${spaced(input.value.toUpperCase())} is kept. It is on no list in this car.`, true);
  });
}

/** @param {Alert} alert */
function show(alert) {
  store.selected = alert.alert_id;
  store.pinned = alert;
  store.open = true;
  store.room = "alerts";
  changed();
}
