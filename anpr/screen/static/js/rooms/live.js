// Live camera pictures, one at a time, as fast as they come through, at most five a second.
import { button, el, once } from "../dom.js";
import { changed, store } from "../store.js";

const LEAST_MS = 200;

export function liveRoom() {
  const choices = el("div", { class: "choices" });
  const image = el("img", { class: "picture", alt: "Live picture", hidden: true });
  const none = el("p", { text: "No picture from this camera", hidden: true });
  const node = el("div", { class: "live" }, choices, image, none);
  let number = 0;
  let address = "";
  let over = false;

  async function next() {
    if (over) return;
    const began = performance.now();
    const answer = await fetch(`/live/${number}`, { credentials: "same-origin", signal: AbortSignal.timeout(3000) }).catch(() => null);
    if (over) return;
    image.hidden = !answer?.ok;
    none.hidden = Boolean(answer?.ok);
    if (answer?.ok) {
      const fresh = URL.createObjectURL(await answer.blob());
      image.src = fresh;
      URL.revokeObjectURL(address);
      address = fresh;
    }
    setTimeout(next, Math.max(answer?.ok ? 0 : 1000, LEAST_MS - (performance.now() - began)));
  }
  next();

  return {
    node,
    draw: () => once(choices, JSON.stringify(store.cameras) + number, () => store.cameras.map((camera, i) =>
      button(camera.label, () => { number = i; changed(); }, { "aria-pressed": String(i === number) }))),
    leave: () => { over = true; URL.revokeObjectURL(address); },
  };
}
