// Large keys for marks: a tablet has no keyboard, and gloves need 15 mm.
import { button, el } from "./dom.js";

const KEYS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM⌫"];

/** @param {string} id */
export function markInput(id, value = "") {
  // inputmode none: the system's own keyboard would cover the page
  return el("input", { id, class: "vrm", maxlength: 12, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", inputmode: "none", value });
}

/** @param {HTMLInputElement} input */
export function keysFor(input) {
  return el("div", { class: "keys" }, KEYS.map((row) => el("div", {}, [...row].map((key) => button(key, () => {
    input.value = key === "⌫" ? input.value.slice(0, -1) : (input.value + key).slice(0, 12);
  }, key === "⌫" ? { "aria-label": "Delete last character" } : {})))));
}
