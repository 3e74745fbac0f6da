// A panel over the page; Escape or "Back" closes it, and the keyboard stays inside while it is open.
import { el } from "./dom.js";

let open = null;

export function sheet(title, build, onsubmit = null) {
  open?.();
  const before = document.activeElement;
  const close = () => {
    box.remove();
    removeEventListener("keydown", keys, true);
    if (open === close) open = null;
    // the page may have been drawn anew meanwhile: then the control that says the same
    const same = (control) => control.textContent === before.textContent;
    (before?.isConnected ? before : [...document.querySelectorAll("button")].find((control) => before && same(control)))?.focus();
  };
  const inner = el(onsubmit ? "form" : "div", { role: "dialog", "aria-modal": "true", "aria-label": title },
    el("h2", { text: title }), build(close));
  if (onsubmit) inner.addEventListener("submit", (event) => { event.preventDefault(); onsubmit(close); });
  const box = el("div", { class: "sheet" }, inner);
  const keys = (event) => {
    if (event.key === "Escape") { event.stopPropagation(); close(); }
    if (event.key !== "Tab") return;
    const stops = [...inner.querySelectorAll("button:not(:disabled), input, textarea")];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement === edge || !inner.contains(document.activeElement)) {
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0]).focus();
    }
  };
  addEventListener("keydown", keys, true);
  document.body.append(box);
  (inner.querySelector("[autofocus]") ?? inner.querySelector("input, button")).focus();
  open = close;
  return close;
}
