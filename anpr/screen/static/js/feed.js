// The live connection: state in; signs of life, clock comparison and paint times out. Lost for 1.5 s is red.
import { byId, say } from "./dom.js";
import { soundAlert } from "./sound.js";
import { changed, forget, store, take, text } from "./store.js";
/** @import { Alert, Message } from "./types.d.ts" */

const LOST_MS = 1500;
const AGAIN_MS = 400;
const SYNC_MS = 10000;
const FIRST_SYNCS = 5; // a page that is still loading answers late: the quickest of the first few answers counts
const FIRST_SYNC_MS = 50;
const LOCKED = 4401;

/** @type {WebSocket | null} */
let socket = null;
/** @type {{ rtt: number, offset: number, answers: number } | null} */
let clock = null; // { rtt, offset, answers }: server's milliseconds = performance.now() + offset
/** @type {{ id: number, at: number }[]} */
let paints = []; // painted before the clocks were compared well enough: { id, at }
let touchedAt = 0;

export function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/feed`);
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onopen = () => { clock = null; paints = []; forget(); sync(); sendAudio(); };
  socket.onclose = (event) => {
    if (event.code === LOCKED) location.reload();
    else setTimeout(connect, AGAIN_MS);
  };
}

/** @param {object} message */
function tell(message) {
  if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < 65536) socket.send(JSON.stringify(message));
}

let audible = false;
/** @param {boolean} works */
export function audioWorks(works) {
  audible = works;
  sendAudio();
}
const sendAudio = () => tell({ t: "audio", on: audible });

export function touched() {
  if (performance.now() - touchedAt < 5000) return;
  touchedAt = performance.now();
  tell({ t: "touched" });
}

/** @param {Message} message */
function hear(message) {
  store.heardAt = performance.now();
  if (message.t === "state") {
    const { fresh, changes } = take(message);
    for (const id of [...fresh, ...changes]) arrived(store.alerts.get(id));
    if (fresh.length) measurePaint(fresh);
  } else if (message.t === "beat") {
    store.silentS = message.silent_s;
    const until = message.full_s > 0 ? performance.now() + message.full_s * 1000 : 0;
    if (until > 0 !== store.fullUntil > performance.now()) changed();
    store.fullUntil = until;
    const { officers, accounts } = message;
    if (accounts !== store.accounts || JSON.stringify(officers) !== JSON.stringify(store.officers)) { Object.assign(store, { officers, accounts }); changed(); }
  } else if (message.t === "sync") {
    const now = performance.now();
    const rtt = now - message.p;
    const answers = (clock?.answers ?? 0) + 1;
    const before = clock;
    const closest = !before || rtt < before.rtt || (answers > FIRST_SYNCS && rtt < before.rtt * 1.5); // clocks drift
    clock = closest ? { rtt, offset: message.ms - (message.p + rtt / 2), answers } : { ...before, answers };
    if (answers < FIRST_SYNCS) setTimeout(sync, FIRST_SYNC_MS);
    else tellPaints();
  }
}

// Seconds since a moment of the engine's clock; null until the clocks were compared.
/** @param {number} ms */
export const secondsSince = (ms) => (clock && ms > 0 ? Math.max(0, (performance.now() + clock.offset - ms) / 1000) : null);

/** @param {Alert | undefined} alert */
function arrived(alert) {
  if (!alert || alert.acknowledged_by) return;
  soundAlert(alert, tell);
  if (!alert.muted) say([alert.state === "withdrawn" ? text("withdrawn", "Withdrawn") : alert.symbol.label, alert.instruction, alert.list_vrm || alert.fault_text].filter(Boolean).join(", "));
}

// The frame after the one that drew the alert began with its pixels on the screen.
/** @param {number[]} ids */
function measurePaint(ids) {
  requestAnimationFrame(() => requestAnimationFrame((at) => {
    if (document.visibilityState !== "visible") return;
    for (const id of ids) {
      const node = document.querySelector(`[data-alert="${id}"]`);
      if (node && node.getBoundingClientRect().top < innerHeight) paints.push({ id, at });
    }
    tellPaints();
  }));
}

function tellPaints() {
  if (!clock || clock.answers < FIRST_SYNCS) return;
  for (const { id, at } of paints) tell({ t: "painted", id, ms: at + clock.offset });
  paints = [];
}

const sync = () => tell({ t: "sync", p: performance.now() });

export function watch() {
  setInterval(sync, SYNC_MS);
  setInterval(() => {
    const lostMs = performance.now() - store.heardAt;
    const lost = lostMs > LOST_MS;
    const silent = !lost && store.silentS >= (store.session?.engine_silent_s ?? 2);
    const box = byId("lost");
    const words = lost ? "Engine lost: nothing new is shown. Reconnecting…" : `Engine silent for ${Math.round(store.silentS)} s: nothing is read`;
    if ((lost || silent) && box.textContent !== words) box.textContent = words;
    box.hidden = !(lost || silent);
    const state = lost ? "lost" : silent ? "silent" : "";
    if (store.lost !== state) { store.lost = state; changed(); }
    document.body.classList.toggle("is-lost", lost || silent);
    // a connection that hangs without closing is given up
    if (lost && lostMs > 4000 && socket?.readyState === WebSocket.OPEN) { store.heardAt = performance.now() - LOST_MS - 1; socket.close(); }
  }, 200);
}
