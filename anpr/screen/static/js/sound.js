// Sounds of the page. A louder meaning interrupts a lesser one; the urgent one repeats until somebody has seen it.
import { store } from "./store.js";
/** @import { Alert, Sound } from "./types.d.ts" */
/** @typedef {Exclude<Sound, "">} AudibleSound */

/** @type {Record<AudibleSound, number>} */
const RANK = { fault: 1, note: 2, withdrawn: 3, alert: 4, urgent: 5 };
const REPEAT_MS = 4000;
const REPEATS = 4;

/** @type {AudioContext | null} */
let context = null;
/** @type {Map<string, AudioBuffer>} */
const buffers = new Map();
/** @type {{ name: AudibleSound, source: AudioBufferSourceNode } | null} */
let playing = null;

// `works` is told whether sounds can be heard, whenever that changes.
/** @param {(works: boolean) => void} works */
export async function startSound(works) {
  const opened = new AudioContext();
  context = opened;
  opened.onstatechange = () => works(opened.state === "running");
  const wake = () => { if (opened.state !== "running") opened.resume().catch(() => {}); };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { passive: true });
  wake();
  await Promise.all(Object.keys(RANK).map(async (name) => {
    const answer = await fetch(`/sounds/${name}.wav`).catch(() => null);
    if (answer?.ok) buffers.set(name, await opened.decodeAudioData(await answer.arrayBuffer()));
  }));
  works(opened.state === "running");
}

/**
 * @param {Alert} alert
 * @param {(message: object) => void} tell
 */
export function soundAlert(alert, tell, left = REPEATS) {
  const name = alert.sound;
  const buffer = name && buffers.get(name);
  if (!buffer || context?.state !== "running") return;
  play(context, name, buffer);
  tell({ t: "sounded", id: alert.alert_id });
  if (name === "urgent" && left > 1) {
    setTimeout(() => {
      const now = store.alerts.get(alert.alert_id);
      if (now && now.sound === "urgent" && !now.acknowledged_by && !now.decided) soundAlert(now, tell, left - 1);
    }, REPEAT_MS);
  }
}

// Plays the sound, unless one that says at least as much is to be heard already.
/**
 * @param {AudioContext} output
 * @param {AudibleSound} name
 * @param {AudioBuffer} buffer
 */
function play(output, name, buffer) {
  if (playing && RANK[playing.name] >= RANK[name]) return;
  playing?.source.stop();
  const source = output.createBufferSource();
  source.buffer = buffer;
  source.connect(output.destination);
  const mine = { name, source };
  source.onended = () => { if (playing === mine) playing = null; };
  playing = mine;
  source.start();
}
