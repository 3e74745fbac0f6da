// What the page knows: the engine's state, kept up by differences, and what this page has chosen to show.

export const store = {
  session: null,
  texts: {},
  connected: false,
  heardAt: 0,
  silentS: 0,
  fullUntil: 0,
  drive: { moving: true, speed_known: false, night: true },
  counts: { waiting: 0, decided: 0 },
  health: [],
  cameras: [],
  lists: [],
  sightings: [],
  alerts: new Map(),
  order: [],
  arrived: false,
  room: "alerts",
  selected: null,
  pinned: null,
  open: false,
};

const followers = new Set();
let drawing = 0;

export function follow(draw) {
  followers.add(draw);
}

// Draws once per frame however often it is called.
export function changed() {
  if (drawing) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    for (const draw of followers) draw();
  });
}

// Takes a difference and returns the ids of alerts that were not there before.
export function take(message) {
  for (const name of ["drive", "counts", "health", "cameras", "lists", "sightings"]) {
    if (message[name] !== undefined) store[name] = message[name];
  }
  const fresh = [];
  for (const [key, alert] of Object.entries(message.alerts ?? {})) {
    const id = Number(key);
    if (!store.alerts.has(id)) fresh.push(id);
    store.alerts.set(id, alert);
    if (store.pinned?.alert_id === id) store.pinned = alert;
  }
  if (message.order) {
    store.order = message.order;
    const kept = new Set(message.order);
    for (const id of store.alerts.keys()) if (!kept.has(id)) store.alerts.delete(id);
  }
  const first = !store.arrived;
  store.arrived = true;
  changed();
  return first ? [] : fresh;
}

export function forget() {
  store.alerts.clear();
  store.order = [];
  store.arrived = false;
}

export const alertsInOrder = () => store.order.map((id) => store.alerts.get(id)).filter(Boolean);

export const fullView = () => store.arrived && (!store.drive.moving || store.fullUntil > performance.now());

export const text = (key, otherwise = key) => store.texts[key] ?? otherwise;
