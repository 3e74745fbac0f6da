// Full view: marks, rooms, sightings. Each part draws itself anew only when what it shows has changed.
import { act, actQuietly } from "./api.js";
import { alertsRoom } from "./rooms/alerts.js";
import { button, el, keyed, once, picture, sign, time } from "./dom.js";
import { changed, store } from "./store.js";
import { historyRoom } from "./rooms/history.js";
import { listsRoom } from "./rooms/lists.js";
import { liveRoom } from "./rooms/live.js";
import { lookUpRoom } from "./rooms/lookup.js";
import { sightingSheet } from "./rooms/sightings.js";
import { toggleTheme } from "./theme.js";
import { level, spaced } from "./words.js";

const ROOMS = [
  ["alerts", "alerts", "Alerts", alertsRoom], ["lookup", "search", "Look up", lookUpRoom],
  ["lists", "lists", "Lists", listsRoom], ["history", "history", "History", historyRoom],
  ["live", "cameras", "Camera", liveRoom],
];
const VIEWED = { alerts: "queue", lookup: "look-up", lists: "lists" }; // the others say so when they ask for something
const NAMES = { cameras: "Cameras", gps: "GPS", clock: "Clock", lists: "Lists", disk: "Disk", budget: "Delay", sound: "Sound" };

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
  const sightings = new Map();
  let inside = null;
  let insideName = "";
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
      inside = ROOMS.find(([name]) => name === insideName)[3]();
      room.replaceChildren(inside.node);
      if (VIEWED[insideName]) actQuietly("viewed", { what: VIEWED[insideName] });
    }
    inside.draw();
  }
  return { node, draw, leave: () => inside?.leave?.() };
}

function drawMarks(box, choose) {
  once(box, JSON.stringify(store.health), () => store.health.map((mark) => button([
    sign(mark.name), el("span", { class: "what" }, level(mark), el("span", { text: `${NAMES[mark.name] ?? mark.name} ` })),
    el("span", { class: "say", text: mark.text }),
  ], () => choose(mark.name), { class: "mark", data: { level: mark.level } })));
}

// A fault says in words what is wrong and what to do; the worst is shown, or the one whose mark was tapped.
function drawTrouble(box, chosen) {
  const mark = store.health.find((m) => m.name === chosen) ?? store.health.find((m) => m.level === "fault") ?? store.health.find((m) => m.level === "warning");
  box.hidden = !mark || (mark.level === "ok" && mark.name !== chosen);
  box.dataset.level = mark?.level === "fault" ? "fault" : "warning";
  once(box, JSON.stringify(mark ?? null), () => mark && [sign(mark.level === "ok" ? "ok" : "warning"), el("b", { text: mark.text }), el("span", { text: mark.remedy })]);
}

function drawClock(box) {
  const now = new Date();
  once(box, time(now).slice(0, 5) + store.session.who, () => [time(now).slice(0, 5), el("small", { text: store.session.who })]);
}

function drawActs(box, theme) {
  const unlocked = store.drive.moving;
  once(box, `${theme}${unlocked}`, () => [
    unlocked && button(sign("passenger"), () => act("passenger", { on: false }), { "aria-label": "Back to driver view" }),
    button(sign(theme === "day" ? "moon" : "sun"), () => { toggleTheme(); changed(); }, { "aria-label": theme === "day" ? "Switch to night" : "Switch to day" }),
    store.session.locks && button(sign("lock"), () => act("lock"), { "aria-label": "Log out" }),
  ]);
}

function drawRail(box) {
  const waiting = store.counts.waiting;
  once(box, store.room + waiting, () => ROOMS.map(([name, icon, label]) => button([
    sign(icon), label, name === "alerts" && waiting > 0 && el("span", { class: "count", text: waiting > 999 ? "999+" : waiting }),
  ], () => { store.room = name; if (name === "alerts") store.open = false; changed(); }, name === store.room ? { "aria-current": "page" } : {})));
}

function drawStrip(box, known) {
  const none = { sighting_id: "none" };
  keyed(box, known, store.sightings.length ? store.sightings : [none], {
    id: (s) => s.sighting_id, key: (s) => JSON.stringify(s),
    build: (s) => (s === none ? el("span", { class: "none", text: "No sighting yet" }) : button([
      picture(s.plate_picture, ""), el("span", { class: "vrm", text: spaced(s.vrm) }), el("span", { class: "when", text: time(s.seen_utc) }),
    ], () => sightingSheet(s))),
  });
}
