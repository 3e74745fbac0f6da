// A panel over the page; Escape or "Back" closes it, and the keyboard stays inside while it is open.
import { controls, el } from "./dom.js";
/** @import { Child } from "./page.d.ts" */

/** @typedef {() => void} Close */

/** @type {Close | null} */
let open = null;

/**
 * @param {string} title
 * @param {(close: Close) => Child} build
 * @param {((close: Close) => void) | null} onsubmit
 */
export function sheet(title, build, onsubmit = null) {
  open?.();
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const close = () => {
    box.remove();
    removeEventListener("keydown", keys, true);
    if (open === close) open = null;
    // the page may have been drawn anew meanwhile: then the control that says the same
    const same = [...document.querySelectorAll("button")].find((control) => before && control.textContent === before.textContent);
    (before?.isConnected ? before : same)?.focus();
  };
  const inner = el(onsubmit ? "form" : "div", { role: "dialog", "aria-modal": "true", "aria-label": title },
    el("h2", { text: title }), build(close));
  if (onsubmit) inner.addEventListener("submit", (event) => { event.preventDefault(); onsubmit(close); });
  const box = el("div", { class: "sheet" }, inner);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (event.key !== "Tab") return;
    const stops = controls(inner);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement === edge || !inner.contains(document.activeElement)) {
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    }
  };
  addEventListener("keydown", keys, true);
  document.body.append(box);
  (controls(inner).find((control) => control.autofocus) ?? controls(inner)[0])?.focus();
  open = close;
  return close;
}
