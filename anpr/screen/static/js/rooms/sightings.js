// One sighting over the page: its pictures, its reading, where it was, and the ways to correct it and to look its mark up.
import { actQuietly } from "../api.js";
import { button, dateTime, el, picture } from "../dom.js";
import { changed, store } from "../store.js";
import { sheet } from "../sheet.js";
import { hiddenWords, spaced, typed } from "../words.js";
import { beginStop } from "./stop.js";
import { typedSheet } from "./typed.js";
/** @import { Sighting } from "../types.d.ts" */

/** @param {Sighting} sighting */
export function sightingSheet(sighting) {
  actQuietly("viewed", { what: "sighting", id: sighting.sighting_id });
  const place = sighting.place;
  const more = sighting.alternatives.map(([vrm, p]) => `${vrm} (${Math.round(p * 100)} %)`).join(", ");
  const read = sighting.typed_by ? typed(sighting) : `read with ${Math.round(sighting.confidence * 100)} %${more ? `; also possible: ${more}` : ""}`;
  sheet(`Sighting of ${spaced(sighting.shown_vrm)}`, (close) => [
    el("p", { class: "vrm" }, spaced(sighting.shown_vrm), sighting.engine_read && el("span", { class: "tag", text: "Corrected" })),
    pictures(sighting),
    el("p", { class: "note", text: `${sighting.camera.label}, ${dateTime(sighting.seen_utc)}, ${read}` }),
    sighting.hidden && el("p", { class: "note", text: hiddenWords(sighting) + (sighting.possible ? "; a listed mark may fit it" : "") }),
    place && el("p", { class: "note", text: `${place.latitude_deg.toFixed(5)}, ${place.longitude_deg.toFixed(5)}${place.stale ? " (old fix)" : ""}` }),
    el("div", { class: "ends" }, button("Close", close, { autofocus: true }),
      sighting.correctable && button("Correct", () => { close(); correctSheet(sighting); }),
      button("Stop", () => { close(); beginStop({ sighting_id: sighting.sighting_id }); }, { data: { name: "stop" } }),
      button("Look up", () => { close(); store.lookFor = sighting.vrm; store.room = "lookup"; changed(); }, { class: "primary" })),
  ]);
}

/** @param {Sighting} sighting */
function correctSheet(sighting) {
  const read = sighting.engine_read || sighting.vrm;
  typedSheet("Correct the read", sighting.vrm, () => [
    el("div", { class: "captured" }, picture(sighting.plate_picture, "Plate as photographed"), picture(sighting.overview_picture, "Vehicle"),
      el("p", { class: "note", text: `The engine read ${spaced(read)}. Its read is kept beside what you type, which is matched against all lists at once.` })),
  ], { name: "correct", body: () => ({ sighting_id: sighting.sighting_id }) });
}

/** @param {Sighting} sighting */
const pictures = (sighting) => el("div", { class: "pictures" }, picture(sighting.plate_picture, "Plate as photographed"), picture(sighting.overview_picture, "Vehicle"));
