// Live camera pictures, one at a time, as fast as they come through, at most five a second; and one of them to be kept.
import { act } from "../api.js";
import { button, dateTime, el, once, picture, sign } from "../dom.js";
import { changed, store } from "../store.js";
import { spaced } from "../words.js";
import { typedSheet } from "./typed.js";
/** @import { Captured } from "../types.d.ts" */

const LEAST_MS = 200;

export function liveRoom() {
  const choices = el("div", { class: "choices" });
  const image = el("img", { class: "picture", alt: "Live picture", hidden: true });
  const none = el("p", { text: "No picture from this camera", hidden: true });
  const keep = button([sign("cameras"), "Capture"], async () => {
    const answer = await act("capture", { camera: number });
    if (answer) captureSheet(answer);
  }, { class: "primary" });
  const node = el("div", { class: "live" }, el("div", { class: "over" }, choices, keep), image, none);
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

// The part that is kept enlarged: its width as a share of the picture (the desk's PLATE_SHARE), and its shape.
const PART = 0.2;
const SHAPE = 16 / 9;

// The picture stands still: the mark is typed, or the engine's read of it accepted; a tap says where the plate is.
/** @param {Captured} captured */
function captureSheet(captured) {
  /** @type {[number, number] | null} */
  let plate = null;
  const spot = el("span", { class: "spot", hidden: true });
  const part = el("div", { class: "part", role: "img", "aria-label": "The part that was tapped, enlarged", hidden: true });
  part.style.backgroundImage = `url("/picture/${encodeURIComponent(captured.picture)}")`;
  const hint = el("p", { class: "note", text: "Tap the plate in the picture: it is kept enlarged" });
  const image = picture(captured.picture, "The captured picture");
  image.addEventListener("click", (event) => {
    plate = shareOf(image, event);
    spot.hidden = part.hidden = plate === null;
    hint.hidden = plate !== null;
    if (!plate) return;
    enlarge(part, spot, plate, /** @type {HTMLImageElement} */ (image));
  });
  typedSheet(`Capture · ${captured.camera.label}, ${dateTime(captured.seen_utc)}`, "", (input) => [
    el("div", { class: "captured" }, el("div", { class: "whole" }, image, spot), el("div", { class: "enlarged" }, part, hint),
      el("div", { role: "group", "aria-label": "Read by the engine", class: "offers" },
        captured.offers.length ? captured.offers.map((offer) => button([picture(offer.plate_picture, ""), el("span", {}, spaced(offer.vrm), el("small", { text: `read with ${Math.round(offer.confidence * 100)} %` }))],
          () => { input.value = offer.vrm; }, { class: "with-sign" })) : el("p", { class: "note", text: "The engine read nothing in it" }))),
  ], { name: "capture-keep", body: () => ({ capture_id: captured.capture_id, plate_at: plate }) });
}

// Shows the part around the place enlarged, and frames just that part in the picture.
/**
 * @param {HTMLElement} part
 * @param {HTMLElement} spot
 * @param {[number, number]} place
 * @param {HTMLImageElement} image
 */
function enlarge(part, spot, place, image) {
  const shares = [PART, (PART * image.naturalWidth) / image.naturalHeight / SHAPE];
  const places = shares.map((share, i) => Math.min(Math.max(((place[i] ?? 0) - share / 2) / (1 - share), 0), 1));
  part.style.backgroundSize = shares.map((share) => `${100 / share}%`).join(" ");
  part.style.backgroundPosition = places.map((from) => `${100 * from}%`).join(" ");
  const [width, height] = drawn(image);
  const sides = [width, height].map((side, i) => side * (shares[i] ?? 0));
  const starts = [image.clientWidth - width, image.clientHeight - height].map((margin, i) => margin / 2 + (places[i] ?? 0) * ([width, height][i] ?? 0) * (1 - (shares[i] ?? 0)));
  Object.assign(spot.style, { left: `${starts[0]}px`, top: `${starts[1]}px`, width: `${sides[0]}px`, height: `${sides[1]}px` });
}

// How large the photograph itself is drawn: it does not fill its element when the shapes differ.
/**
 * @param {HTMLImageElement} image
 * @returns {[number, number]}
 */
function drawn(image) {
  const scale = Math.min(image.clientWidth / image.naturalWidth, image.clientHeight / image.naturalHeight);
  return [image.naturalWidth * scale, image.naturalHeight * scale];
}

// Where in the photograph itself a tap was.
/**
 * @param {HTMLElement} image
 * @param {MouseEvent} event
 * @returns {[number, number] | null}
 */
function shareOf(image, event) {
  if (!(image instanceof HTMLImageElement) || !image.naturalWidth) return null;
  const [width, height] = drawn(image);
  const across = (event.offsetX - image.clientWidth / 2) / width + 0.5;
  const down = (event.offsetY - image.clientHeight / 2) / height + 0.5;
  return across >= 0 && across <= 1 && down >= 0 && down <= 1 ? [across, down] : null;
}
