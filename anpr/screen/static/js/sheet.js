// A panel over the page; Escape or "Back" closes it, and the keyboard stays inside while it is open. While the car moves it
// steps back with everything that was typed, and comes up again as it was when the car stands.
import { controls, el } from "./dom.js";
/** @import { Child } from "./page.d.ts" */

/** @typedef {() => void} Close */
/** @typedef {{ close: Close, box: HTMLElement, keys: (event: KeyboardEvent) => void, focused: HTMLElement | null }} Open */

/** @type {Open | null} */
let open = null;
let back = false;

/**
 * @param {string} title
 * @param {(close: Close) => Child} build
 * @param {((close: Close) => void) | null} onsubmit
 */
export function sheet(title, build, onsubmit = null) {
  open?.close();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const close = () => {
    box.remove();
    removeEventListener("keydown", keys, true);
    if (open?.close === close) open = null;
    if (back) return;
    // the page may have been drawn anew meanwhile: then the control that says the same
    const same = [...document.querySelectorAll("button")].find((control) => before && control.textContent === before.textContent);
    (before?.isConnected ? before : same)?.focus();
  };
  const inner = el(onsubmit ? "form" : "div", { role: "dialog", "aria-modal": "true", "aria-label": title },
    el("h2", { text: title }), build(close));
  if (onsubmit) inner.addEventListener("submit", (event) => { event.preventDefault(); onsubmit(close); });
  const box = el("div", { class: "sheet" }, inner);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (document.querySelector(".question")) return; // a question lies over it
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (event.key !== "Tab") return;
    const stops = controls(inner);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement === edge || !inner.contains(document.activeElement)) {
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    }
  };
  document.body.append(box);
  open = { close, box, keys, focused: controls(inner).find((control) => control.autofocus) ?? controls(inner)[0] ?? null };
  box.hidden = back; // an answer that came while the car moves waits as well
  if (!back) comeUp(open);
  return close;
}

/** @param {Open} one */
function comeUp(one) {
  one.box.hidden = false;
  addEventListener("keydown", one.keys, true);
  one.focused?.focus();
}

export function closeSheet() {
  open?.close();
}

export function stepBack() {
  back = true;
  if (!open) return;
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && open.box.contains(focused)) open.focused = focused;
  removeEventListener("keydown", open.keys, true);
  open.focused?.blur();
  open.box.hidden = true;
}

export function comeBack() {
  back = false;
  if (open) comeUp(open);
}
