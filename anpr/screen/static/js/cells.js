// Two marks one above the other, character by character, so that a difference cannot be overlooked.
import { el, sign } from "./dom.js";
import { differs, isUncertain } from "./words.js";
/** @import { Cell } from "./types.d.ts" */

// `limit`: a read character less probable than this counts as uncertain; `names`: what the two rows are called.
/**
 * @param {Cell[]} cells
 * @param {number} limit
 * @param {[read: string, listed: string]} names
 */
export function cellTable(cells, limit, names) {
  const cls = (/** @type {Cell} */ cell, /** @type {string} */ own, /** @type {boolean} */ isRead) => [cell.agreement === "hidden" && "hidden-cell", differs(cell) && (own ? "differs" : "absent"), cell.agreement === "looks_same" && "looks_same", cell.agreement === "unseen" && "hidden-cell",
    isRead && own && isUncertain(cell, limit) && "uncertain"].filter(Boolean).join(" ");
  const row = (/** @type {string} */ label, /** @type {"read" | "listed"} */ name) => el("tr", {}, el("th", { scope: "row", text: label }), cells.map((cell) => el("td", { class: cls(cell, cell[name], name === "read") }, cell.agreement === "hidden" ? el("span", { class: "unseen", text: "hidden" }) : cell[name])));
  const verdict = cells.map((cell) => el("td", {}, differs(cell) ? sign("differs", "differs") : cell.read && (cell.agreement === "unseen" || cell.probability < limit) ? el("span", { text: "?", "aria-label": "uncertain" , role: "img" }) : null));
  return el("table", { class: "cells" }, el("tbody", {},
    row(names[0], "read"), row(names[1], "listed"),
    !cells.some((cell) => cell.agreement === "hidden") && el("tr", { class: "verdict" }, el("th", { scope: "row" }, el("span", { class: "unseen", text: "Agreement" })), verdict)));
}
