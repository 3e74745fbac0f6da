// Driver view: the most important live hit that nobody has seen yet, and one button; without one, whether plates are read.
// It is also all that the tablet shows before anybody has logged in.
import { act } from "./api.js";
import { openLogin } from "./crew.js";
import { button, el, markerPlaque, once, plaque, sign } from "./dom.js";
import { secondsSince } from "./feed.js";
import { NO_ACCOUNT } from "./login.js";
import { store, text } from "./store.js";
import { countAsSeen, unseen, unseenLive } from "./unseen.js";
import { hiddenWords, level, spaced, tags, way } from "./words.js";
/** @import { Alert, HealthMark, Reading } from "./types.d.ts" */

const HOLD_MS = 1200;
const MANY_MARKERS = 5; // more are drawn smaller, so that all of them stay in sight
const SWAP_MS = 500; // a tap right after another alert came up was meant for the one before

let swappedAt = -Infinity;
/** @type {number | null} */
let shownId = null;

export function driverView() {
  const marks = el("div", { class: "driver-marks" });
  const waiting = el("p", { class: "driver-waiting" });
  const trouble = el("div", { class: "driver-trouble", role: "status" });
  const body = el("main", {});
  const foot = el("footer", { class: "driver-seen" });
  const node = el("div", { class: "driver" },
    el("header", { class: "driver-bar" }, passengerHold(), waiting, marks), trouble, body, foot);
  const draw = () => {
    const live = toBeSeen();
    drawMarks(marks);
    drawBody(body, live[0]);
    drawFoot(foot, live, draw);
    drawTrouble(trouble, Boolean(live[0]));
    const count = store.counts.waiting - store.counts.faults - live.length;
    waiting.hidden = count <= 0;
    once(waiting, count, () => `${count} waiting`);
  };
  return { node, draw };
}

// Without a login there is no queue in which a hit could wait that is no longer live: it is shown here.
export const toBeSeen = () => (isWatch() && !store.drive.moving ? unseen().filter((alert) => alert.kind === "hit") : unseenLive());

const isWatch = () => !store.officers.length;

/** @param {HTMLElement} box */
function drawMarks(box) {
  const key = JSON.stringify(store.health.map((mark) => [mark.name, mark.level]));
  once(box, key, () => store.health.map((mark) => el("span", {
    class: "mark", data: { level: mark.level }, role: "img", "aria-label": `${mark.name}: ${mark.level}`,
  }, sign(mark.name), level(mark), mark.name === "demo" && el("b", { text: "Demo" }))));
}

// A fault that does not blind the car is a line, in whole sentences; one that does is shown large, unless a hit is.
/**
 * @param {HTMLElement} box
 * @param {boolean} hit
 */
function drawTrouble(box, hit) {
  /** @param {HealthMark} mark */
  const isLarge = (mark) => !hit && mark.text === store.reading.text;
  const faults = store.health.filter((mark) => mark.level === "fault" && !isLarge(mark));
  box.hidden = !faults.length;
  once(box, JSON.stringify(faults.map((mark) => mark.text)), () => faults.map((mark) => el("p", {}, sign("warning"), el("span", { text: mark.text }))));
}

/**
 * @param {HTMLElement} body
 * @param {Alert | undefined} alert
 */
function drawBody(body, alert) {
  if ((alert?.alert_id ?? null) !== shownId) {
    if (shownId !== null) swappedAt = performance.now();
    shownId = alert?.alert_id ?? null;
  }
  const state = store.lost ? "blind" : store.reading.state;
  const key = alert ? JSON.stringify({ ...alert, last_seen_ms: 0, seen_utc: "" }) : `${state}${JSON.stringify(store.reading)}${store.lost}${isWatch()}${store.accounts}`;
  once(body, key, () => (alert ? shown(alert) : idle(state)));
  body.className = alert ? "driver-alert" : `driver-idle ${state}`;
  body.dataset.state = alert?.state ?? "";
  if (alert) body.dataset.alert = String(alert.alert_id); else delete body.dataset.alert;
  const seconds = alert && secondsSince(alert.last_seen_ms);
  const ago = body.querySelector(".driver-age");
  if (ago) ago.textContent = typeof seconds === "number" ? `${Math.floor(seconds)} s ago` : "";
}

/**
 * @param {HTMLElement} foot
 * @param {Alert[]} live
 * @param {() => void} draw
 */
function drawFoot(foot, live, draw) {
  const more = live.length > 1 ? `${live.length - 1} more` : "";
  const watch = isWatch() && !store.drive.moving;
  const mutable = store.lists.filter((list) => list.mutable);
  const muted = mutable.length > 0 && mutable.every((list) => list.muted);
  once(foot, `${live.length ? "seen" : ""}${more}${watch}${mutable.length}${muted}`, () => [live.length > 0 && el("button", {
    type: "button", class: "primary seen", onclick: () => seen(draw),
  }, text("acknowledge", "Seen"), more && el("span", { class: "more", text: more })),
  watch && el("div", { class: "driver-watch" },
    button([sign("lock"), "Log in"], openLogin, { class: live.length ? "" : "primary", data: { name: "log in" } }),
    mutable.length > 0 && button([sign(muted ? "mute" : "sound"), muted ? "Muted" : "Mute"], () => act("mute-all", { muted: !muted }), {
      "aria-pressed": String(muted), "aria-label": muted ? "Unmute all" : "Mute all but the highest", data: { name: "mute all" },
    }))]);
  foot.hidden = !live.length && !watch;
}

/** @param {() => void} draw */
function seen(draw) {
  const alert = shownId === null ? undefined : store.alerts.get(shownId);
  if (!alert || performance.now() - swappedAt < SWAP_MS) return;
  countAsSeen(alert);
  act("acknowledge", { alert_id: alert.alert_id });
  draw();
}

/** @type {Record<Reading["state"], [sign: string, title: string]>} */
const IDLE = {
  reading: ["plate", "Watching"], waiting: ["cameras", "Not reading yet"], blind: ["warning", "Not reading"], undocked: ["cameras", "Undocked"],
};

// What is true while there is no live hit: it says "Watching" only while plates are read.
/** @param {Reading["state"]} state */
function idle(state) {
  const [name, title] = store.lost === "lost" ? ["warning", "Engine lost"] : IDLE[state];
  const heard = store.lost ? { text: store.lost === "lost" ? "Whether plates are read is not known here." : "The engine does not answer.", remedy: "" } : store.reading;
  const { text: why, remedy } = heard;
  return [el("h1", { class: "unseen", text: "Driver view" }), sign(name),
    el("p", { class: "driver-title", text: state === "reading" ? text("watching", title) : title }),
    state !== "reading" && el("p", { class: "driver-why", text: why }), state !== "reading" && remedy && el("p", { class: "driver-remedy", text: remedy }),
    isWatch() && el("p", { class: "driver-nobody", text: store.accounts ? "Nobody is logged in: hits are shown and sound, everything else needs a login." : NO_ACCOUNT })];
}

/** @param {Alert} alert */
function shown(alert) {
  const vrm = alert.list_vrm;
  const words = el("div", { class: "driver-words" },
    el("h1", { class: "driver-label" }, el("span", { text: alert.symbol.label }), tags(alert)),
    vrm && el("p", { class: `driver-vrm ${vrm.length > 8 ? "long" : ""}`, text: spaced(vrm) }),
    alert.possible && el("p", { class: "driver-hidden", text: hiddenWords(alert) }),
    alert.instruction && el("p", { class: "driver-order", data: { shape: alert.symbol.shape, state: alert.state }, text: alert.instruction }),
    alert.short.length > 0 && el("p", { class: "driver-short", text: alert.short.join(" ") }),
    alert.kind === "hit" && el("div", { class: "driver-under" },
      alert.markers.length > 0 && el("div", { class: `driver-markers ${alert.markers.length > MANY_MARKERS ? "many" : ""}` }, alert.markers.map(markerPlaque)),
      el("div", { class: "driver-way" }, sign(alert.motion), el("span", { class: "driver-age" }), " ", el("span", { text: way(alert) }))));
  return [plaque(alert.symbol, alert.colours), words];
}

// Held, not tapped, so that nobody unlocks the full view by accident; at the passenger's side.
function passengerHold() {
  let timer = 0;
  const stop = () => { clearTimeout(timer); timer = 0; hold.classList.remove("holding"); };
  const start = () => {
    if (timer) return;
    hold.classList.add("holding");
    timer = setTimeout(() => { stop(); if (isWatch()) openLogin(); else act("passenger", { on: true }); }, HOLD_MS);
  };
  const hold = button(sign("passenger"), null, { class: "hold", "aria-label": "Passenger: hold to log in, or to unlock the full view" });
  hold.addEventListener("pointerdown", start);
  for (const kind of ["pointerup", "pointerleave", "pointercancel", "blur", "keyup"]) hold.addEventListener(kind, stop);
  hold.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); start(); } });
  hold.addEventListener("contextmenu", (event) => event.preventDefault());
  return hold;
}
