// Sounds of the page. A louder meaning interrupts a lesser one; the urgent one repeats until somebody has seen it.
import { store } from "./store.js";

const RANK = { note: 1, withdrawn: 2, alert: 3, fault: 4, urgent: 5 };
const REPEAT_MS = 4000;
const REPEATS = 4;

let context = null;
const buffers = new Map();
let playing = null;

// `works` is told whether sounds can be heard, whenever that changes.
export async function startSound(works) {
  context = new AudioContext();
  context.onstatechange = () => works(context.state === "running");
  const wake = () => { if (context.state !== "running") context.resume().catch(() => {}); };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { passive: true });
  wake();
  await Promise.all(Object.keys(RANK).map(async (name) => {
    const answer = await fetch(`/sounds/${name}.wav`).catch(() => null);
    if (answer?.ok) buffers.set(name, await context.decodeAudioData(await answer.arrayBuffer()));
  }));
  works(context.state === "running");
}

export function soundAlert(alert, tell, left = REPEATS) {
  const name = alert.sound;
  if (!name || context?.state !== "running" || !buffers.has(name)) return;
  if (play(name)) tell({ t: "sounded", id: alert.alert_id });
  if (name === "urgent" && left > 1) {
    setTimeout(() => {
      const now = store.alerts.get(alert.alert_id);
      if (now && now.sound === "urgent" && !now.acknowledged_by && !now.decided) soundAlert(now, tell, left - 1);
    }, REPEAT_MS);
  }
}

// Returns whether the sound, or one that says at least as much, is to be heard.
function play(name) {
  if (playing && RANK[playing.name] >= RANK[name]) return true;
  playing?.source.stop();
  const source = context.createBufferSource();
  source.buffer = buffers.get(name);
  source.connect(context.destination);
  const mine = { name, source };
  source.onended = () => { if (playing === mine) playing = null; };
  playing = mine;
  source.start();
  return true;
}
