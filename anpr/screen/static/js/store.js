// What the page knows: the engine's state, kept up by differences, and what this page has chosen to show.
/** @import { RoomName } from "./page.d.ts" */
/** @import { Alert, Camera, Counts, Drive, HealthMark, List, Officer, Reading, Session, Shown, Sighting, StateMessage, ThemeSetting } from "./types.d.ts" */

export const store = {
  session: /** @type {Session | null} */ (null),
  officers: /** @type {Officer[]} */ ([]), // who is logged in here; on the tablet perhaps nobody yet
  accounts: true, // whether anybody may log in to this car
  loggingIn: /** @type {"" | "standing" | "passenger"} */ (""), // the login is open, and whether the passenger opened it while driving
  texts: /** @type {Record<string, string>} */ ({}),
  theme: /** @type {ThemeSetting} */ ("auto"), // "day" or "night" when the car's configuration says so
  heardAt: 0,
  silentS: 0,
  fullUntil: 0,
  drive: /** @type {Drive} */ ({ moving: true, speed_known: false, night: true }),
  counts: /** @type {Counts} */ ({ waiting: 0, decided: 0, faults: 0 }),
  health: /** @type {HealthMark[]} */ ([]),
  reading: /** @type {Reading} */ ({ state: "waiting", text: "", remedy: "" }),
  cameras: /** @type {Camera[]} */ ([]),
  lists: /** @type {List[]} */ ([]),
  sightings: /** @type {Sighting[]} */ ([]),
  alerts: /** @type {Map<number, Alert>} */ (new Map()),
  order: /** @type {number[]} */ ([]),
  // ids of `order` that are not in the window of the queue but further down, not seen by anybody yet
  beyond: /** @type {number[]} */ ([]),
  live: /** @type {number[]} */ ([]), // the engine says which alerts are live
  lost: /** @type {"" | "lost" | "silent"} */ (""), // the engine is not heard, or does not work
  newest: 0,
  arrived: false,
  room: /** @type {RoomName} */ ("alerts"),
  lookFor: "", // the mark that the look-up begins with
  selected: /** @type {number | null} */ (null),
  pinned: /** @type {Alert | null} */ (null),
  open: false,
};

// What is known of who is at the screen: nothing is drawn before that.
export const session = () => /** @type {Session} */ (store.session);

/** @type {Set<() => void>} */
const followers = new Set();
let drawing = 0;

/** @param {() => void} draw */
export function follow(draw) {
  followers.add(draw);
}

// Nothing moves under a finger that is down: what is let go on is what was pressed.
const LONGEST_PRESS_MS = 600;
let pressedAt = 0;
addEventListener("pointerdown", () => { pressedAt = performance.now(); }, { capture: true, passive: true });
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { pressedAt = 0; }, { capture: true, passive: true });

// Draws once per frame however often it is called.
export function changed() {
  if (drawing) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    if (pressedAt && performance.now() - pressedAt < LONGEST_PRESS_MS) { changed(); return; }
    for (const draw of followers) draw();
  });
}

// Takes a difference and returns the ids of alerts that are news: raised, or asking to be seen once more since.
/** @param {StateMessage} message */
export function take(message) {
  const { drive, counts, health, reading, cameras, lists, sightings, beyond, live } = { ...store, ...message };
  Object.assign(store, { drive, counts, health, reading, cameras, lists, sightings, beyond, live });
  const fresh = [];
  const changes = [];
  for (const [key, alert] of Object.entries(message.alerts ?? {})) {
    const id = Number(key);
    const before = store.alerts.get(id);
    // one that was further down the queue and came up again is no news
    if (!before && id > store.newest) fresh.push(id);
    if (before && (before.mark_key !== alert.mark_key || before.asked < alert.asked || (before.possible && !alert.possible) || (alert.state === "withdrawn" && before.state !== "withdrawn"))) changes.push(id);
    uncover(alert);
    store.alerts.set(id, alert);
    if (store.pinned?.alert_id === id) store.pinned = alert;
  }
  if (message.order) {
    store.order = message.order;
    const kept = new Set(message.order);
    for (const id of store.alerts.keys()) if (!kept.has(id)) store.alerts.delete(id);
  }
  for (const id of store.alerts.keys()) store.newest = Math.max(store.newest, id);
  const first = !store.arrived;
  store.arrived = true;
  changed();
  return first ? { fresh: [], changes: [] } : { fresh, changes };
}

// What this page's officer has typed from the picture stays to be seen here, for as long as the alert says the same.
/** @type {Map<number, { pair: string, shown: Shown }>} */
const uncovered = new Map();

/**
 * @param {Alert} alert
 * @param {Shown} shown
 */
export function keepUncovered(alert, shown) {
  uncovered.set(alert.alert_id, { pair: alert.pair_key, shown });
  const now = store.alerts.get(alert.alert_id);
  if (now) uncover(now);
  uncover(alert);
  changed();
}

// What the officers who were here had open is not there for the next.
export function forgetOfficers() {
  uncovered.clear();
  Object.assign(store, { room: "alerts", lookFor: "", selected: null, pinned: null, open: false, fullUntil: 0 });
}

/** @param {Alert} alert */
function uncover(alert) {
  const known = uncovered.get(alert.alert_id);
  if (known?.pair === alert.pair_key && alert.typing) Object.assign(alert, known.shown, { typing: null });
}

export function forget() {
  store.alerts.clear();
  store.order = [];
  store.newest = 0;
  store.arrived = false;
}

export const alertsInOrder = () => store.order.flatMap((id) => store.alerts.get(id) ?? []);

// The window of the queue that the engine keeps up by itself.
export function windowInOrder() {
  const beyond = new Set(store.beyond);
  return alertsInOrder().filter((alert) => !beyond.has(alert.alert_id));
}

export const fullView = () => store.arrived && store.officers.length > 0 && (!store.drive.moving || store.fullUntil > performance.now());

/** @param {string} key */
export const text = (key, otherwise = key) => store.texts[key] ?? otherwise;
