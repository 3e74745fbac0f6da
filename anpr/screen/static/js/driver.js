// Driver view: the most important alert that nobody has seen yet, and one button.
import { act } from "./api.js";
import { button, el, markerPlaque, once, plaque, sign } from "./dom.js";
import { store, text } from "./store.js";
import { countAsSeen, unseen } from "./unseen.js";
import { level, spaced, tags, way } from "./words.js";
/** @import { Alert } from "./types.d.ts" */

const HOLD_MS = 1200;
const SWAP_MS = 500; // a tap right after another alert came up was meant for the one before

let swappedAt = -Infinity;
/** @type {number | null} */
let shownId = null;

export function driverView() {
  const marks = el("div", { class: "driver-marks" });
  const body = el("main", {});
  const foot = el("footer", { class: "driver-seen" });
  const node = el("div", { class: "driver" },
    el("header", { class: "driver-bar" }, passengerHold(), marks), body, foot);
  const draw = () => { drawMarks(marks); drawAlert(body, foot, draw); };
  return { node, draw };
}

/** @param {HTMLElement} box */
function drawMarks(box) {
  const key = JSON.stringify(store.health) + document.documentElement.dataset.theme;
  once(box, key, () => store.health.map((mark) => el("span", {
    class: "mark", data: { level: mark.level }, role: "img", "aria-label": `${mark.name}: ${mark.level}`,
  }, sign(mark.name), level(mark), mark.name === "demo" && el("b", { text: "Demo" }))));
}

/**
 * @param {HTMLElement} body
 * @param {HTMLElement} foot
 * @param {() => void} draw
 */
function drawAlert(body, foot, draw) {
  const waiting = unseen();
  const alert = waiting[0];
  const theme = document.documentElement.dataset.theme;
  if ((alert?.alert_id ?? null) !== shownId) {
    if (shownId !== null) swappedAt = performance.now();
    shownId = alert?.alert_id ?? null;
  }
  once(body, `${theme}${alert ? JSON.stringify(alert) : "idle"}`, () => (alert ? shown(alert) : idle()));
  body.className = alert ? "driver-alert" : "driver-idle";
  body.dataset.state = alert?.state ?? "";
  if (alert) body.dataset.alert = String(alert.alert_id); else delete body.dataset.alert;
  const more = waiting.length > 1 ? `${waiting.length - 1} more` : "";
  once(foot, `${alert ? "seen" : ""}${more}`, () => alert && el("button", {
    type: "button", class: "primary seen", onclick: () => seen(draw),
  }, text("acknowledge", "Seen"), more && el("span", { class: "more", text: more })));
  foot.hidden = !alert;
}

/** @param {() => void} draw */
function seen(draw) {
  const alert = shownId === null ? undefined : store.alerts.get(shownId);
  if (!alert || performance.now() - swappedAt < SWAP_MS) return;
  countAsSeen(alert);
  act("acknowledge", { alert_id: alert.alert_id });
  draw();
}

function idle() {
  return [el("h1", { class: "unseen", text: "Driver view" }), sign("silent"), el("p", { text: text("watching", "Watching") })];
}

/** @param {Alert} alert */
function shown(alert) {
  const vrm = alert.list_vrm;
  const words = el("div", { class: "driver-words" },
    el("h1", { class: "driver-label" }, el("span", { text: alert.symbol.label }), tags(alert)),
    vrm && el("p", { class: `driver-vrm ${vrm.length > 8 ? "long" : ""}`, text: spaced(vrm) }),
    alert.short.length > 0 && el("p", { class: "driver-short", text: alert.short.join(" ") }),
    alert.kind === "hit" && el("div", { class: "driver-under" },
      alert.markers.length > 0 && el("div", { class: "driver-markers" }, alert.markers.map(markerPlaque)),
      el("div", { class: "driver-way" }, sign(alert.motion), el("span", { text: way(alert) }))));
  return [plaque(alert.symbol, alert.colours), words];
}

// Held, not tapped, so that nobody unlocks the full view by accident; at the passenger's side.
function passengerHold() {
  let timer = 0;
  const stop = () => { clearTimeout(timer); timer = 0; hold.classList.remove("holding"); };
  const start = () => {
    if (timer) return;
    hold.classList.add("holding");
    timer = setTimeout(() => { stop(); act("passenger", { on: true }); }, HOLD_MS);
  };
  const hold = button(sign("passenger"), null, { class: "hold", "aria-label": "Passenger: hold to unlock the full view" });
  hold.addEventListener("pointerdown", start);
  for (const kind of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) hold.addEventListener(kind, stop);
  hold.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); start(); } });
  hold.addEventListener("contextmenu", (event) => event.preventDefault());
  return hold;
}
