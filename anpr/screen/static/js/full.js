// Full view: marks, rooms, sightings. Each part draws itself anew only when what it shows has changed.
import { act, actQuietly } from "./api.js";
import { alertsRoom } from "./rooms/alerts.js";
import { button, el, keyed, once, picture, sign, time } from "./dom.js";
import { changed, store, text } from "./store.js";
import { crewSheet } from "./crew.js";
import { historyRoom } from "./rooms/history.js";
import { listsRoom } from "./rooms/lists.js";
import { liveRoom } from "./rooms/live.js";
import { lookUpRoom } from "./rooms/lookup.js";
import { sightingSheet } from "./rooms/sightings.js";
import { toggleTheme } from "./theme.js";
import { level, spaced } from "./words.js";
/** @import { RoomName, View } from "./page.d.ts" */

/** @type {[RoomName, string, string, () => View][]} */
const ROOMS = [
  ["alerts", "alerts", "Alerts", alertsRoom], ["lookup", "search", "Look up", lookUpRoom],
  ["lists", "lists", "Lists", listsRoom], ["history", "history", "History", historyRoom],
  ["live", "cameras", "Camera", liveRoom],
];
/** @type {Partial<Record<RoomName, string>>} */
const VIEWED = { alerts: "queue", lookup: "look-up", lists: "lists" }; // the others say so when they ask for something
/** @type {Record<string, string>} */
const NAMES = { cameras: "Cameras", gps: "GPS", clock: "Clock", lists: "Lists", disk: "Disk", budget: "Delay", sound: "Sound", demo: "Demo" };

export function fullScreen() {
  const marks = el("div", { class: "marks" });
  const clock = el("div", { class: "now" });
  const acts = el("div", { class: "acts" });
  const trouble = el("div", { class: "trouble", role: "status" });
  const rail = el("nav", { class: "rail", "aria-label": "Rooms" });
  const room = el("main", { class: "room" });
  const strip = el("ul", { class: "strip", "aria-label": "Latest sightings" });
  const node = el("div", { class: "full" },
    el("header", { class: "bar" }, el("h1", { class: "unseen", text: "Patrol ANPR" }), marks, clock, acts), trouble, rail, room, strip);
  /** @type {Parameters<typeof drawStrip>[1]} */
  const sightings = new Map();
  /** @type {View | null} */
  let inside = null;
  let insideName = "";
  /** @type {string | null} */
  let chosenMark = null;

  function draw() {
    const theme = document.documentElement.dataset.theme;
    drawMarks(marks, (name) => { chosenMark = chosenMark === name ? null : name; draw(); });
    drawTrouble(trouble, chosenMark);
    drawClock(clock);
    drawActs(acts, theme);
    drawRail(rail);
    drawStrip(strip, sightings);
    if (insideName !== store.room) {
      insideName = store.room;
      inside?.leave?.();
      for (const [name, , , open] of ROOMS) if (name === insideName) inside = open();
      if (inside) room.replaceChildren(inside.node);
      if (VIEWED[store.room]) actQuietly("viewed", { what: VIEWED[store.room] });
    }
    inside?.draw();
  }
  // a room that has to be left is opened anew on return; the others are as they were
  const leave = () => { if (inside?.leave) { inside.leave(); inside = null; insideName = ""; } };
  return { node, draw, leave };
}

// Of a fault the mark says only that there is one: its sentence stands whole below.
/**
 * @param {HTMLElement} box
 * @param {(name: string) => void} choose
 */
function drawMarks(box, choose) {
  once(box, JSON.stringify(store.health), () => store.health.map((mark) => button([
    sign(mark.name), el("span", { class: "what" }, level(mark), el("span", { text: `${NAMES[mark.name] ?? mark.name} ` })),
    mark.level === "ok" ? el("span", { class: "say", text: mark.text })
      : [el("span", { class: "say", "aria-hidden": "true", text: mark.level === "fault" ? "Fault" : "Warning" }), el("span", { class: "unseen", text: mark.text })],
  ], () => choose(mark.name), { class: "mark", data: { level: mark.level } })));
}

// A fault says in words what is wrong and what to do; the worst is shown, or the one whose mark was tapped.
/**
 * @param {HTMLElement} box
 * @param {string | null} chosen
 */
function drawTrouble(box, chosen) {
  const mark = store.health.find((m) => m.name === chosen) ?? store.health.find((m) => m.level === "fault") ?? store.health.find((m) => m.level === "warning");
  box.hidden = !mark || (mark.level === "ok" && mark.name !== chosen);
  box.dataset.level = mark?.level === "fault" ? "fault" : "warning";
  once(box, JSON.stringify(mark ?? null), () => mark && [sign(mark.level === "ok" ? "ok" : "warning"), el("b", { text: mark.text }), el("span", { text: mark.remedy })]);
}

/** @param {HTMLElement} box */
function drawClock(box) {
  const now = new Date();
  const who = store.officers.map((officer) => officer.name).join(", ");
  once(box, time(now).slice(0, 5) + who, () => [time(now).slice(0, 5), el("small", { text: who })]);
}

/**
 * @param {HTMLElement} box
 * @param {string | undefined} theme
 */
function drawActs(box, theme) {
  const unlocked = store.drive.moving;
  once(box, `${theme}${unlocked}`, () => [
    unlocked && button(sign("passenger"), () => act("passenger", { on: false }), { "aria-label": "Back to driver view" }),
    button(sign(theme === "day" ? "moon" : "sun"), () => { toggleTheme(); changed(); }, { "aria-label": theme === "day" ? "Switch to night" : "Switch to day" }),
    button(sign("lock"), crewSheet, { "aria-label": "Crew: log in or out", data: { name: "crew" } }),
  ]);
}

/** @param {HTMLElement} box */
function drawRail(box) {
  const waiting = store.counts.waiting;
  const mutable = store.lists.filter((list) => list.mutable);
  const muted = mutable.length > 0 && mutable.every((list) => list.muted);
  once(box, `${store.room}${waiting}${mutable.length}${muted}`, () => [ROOMS.map(([name, icon, label]) => button([
    sign(icon), label, name === "alerts" && waiting > 0 && el("span", { class: "count", text: waiting > 999 ? "999+" : waiting }),
  ], () => { store.room = name; if (name === "alerts") store.open = false; changed(); }, name === store.room ? { "aria-current": "page" } : {})),
  mutable.length > 0 && button([sign(muted ? "mute" : "sound"), muted ? "Muted" : "Mute"], () => act("mute-all", { muted: !muted }), {
    class: "mute", "aria-pressed": String(muted), "aria-label": muted ? "Unmute all" : "Mute all but the highest", data: { name: "mute all" },
  })]);
}

/**
 * @param {HTMLElement} box
 * @param {Map<number | null, { key: string, node: HTMLElement }>} known
 */
function drawStrip(box, known) {
  keyed(box, known, store.sightings.length ? store.sightings : [null], {
    id: (s) => s?.sighting_id ?? null, key: (s) => JSON.stringify(s),
    build: (s) => (s === null ? el("span", { class: "none", text: "No sighting yet" }) : button([
      picture(s.plate_picture, "", "", "low"), el("span", { class: "vrm", text: spaced(s.shown_vrm) }),
      el("span", { class: "when", text: s.typed_by ? (s.engine_read ? "corrected" : "typed") : s.possible ? text("possible", "Possible").toLowerCase() : time(s.seen_utc) }),
    ], () => sightingSheet(s))),
  });
}
