// Large keys for marks: a tablet has no keyboard, and gloves need 15 mm.
import { button, el } from "./dom.js";

const KEYS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM⌫"];

/** @param {string} id */
export function markInput(id, value = "") {
  // inputmode none: the system's own keyboard would cover the page
  return el("input", { id, class: "vrm", maxlength: 12, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", inputmode: "none", value });
}

/** @type {Record<string, string>} */
const NAMES = { "⌫": "Delete last character", "?": "One character that is not known", "*": "Any number of characters that are not known" };

// With `more`, keys of its characters stand before that which deletes.
/** @param {HTMLInputElement} input */
export function keysFor(input, more = "", most = 12) {
  return keyRows(input, KEYS.map((row) => (row.endsWith("⌫") ? `${row.slice(0, -1)}${more}⌫` : row)), most);
}

// Digits alone, for dates and numbers.
/** @param {HTMLInputElement} input */
export function digitsFor(input, more = "", most = 20) {
  return keyRows(input, ["123", "456", "789", `${more}0⌫`], most);
}

/**
 * @param {HTMLInputElement} input
 * @param {string[]} rows
 * @param {number} most
 */
function keyRows(input, rows, most) {
  return el("div", { class: "keys" }, rows.map((row) => el("div", {}, [...row].map((key) => button(key, () => {
    input.value = key === "⌫" ? input.value.slice(0, -1) : (input.value + key).slice(0, most);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, NAMES[key] ? { "aria-label": NAMES[key] } : {})))));
}
