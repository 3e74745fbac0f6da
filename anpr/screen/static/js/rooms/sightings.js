// One sighting over the page: its pictures, its reading, where it was, and the way to looking its mark up.
import { actQuietly } from "../api.js";
import { button, dateTime, el, picture } from "../dom.js";
import { changed, store } from "../store.js";
import { sheet } from "../sheet.js";
import { spaced } from "../words.js";
/** @import { Sighting } from "../types.d.ts" */

/** @param {Sighting} sighting */
export function sightingSheet(sighting) {
  actQuietly("viewed", { what: "sighting", id: sighting.sighting_id });
  const place = sighting.place;
  const more = sighting.alternatives.map(([vrm, p]) => `${vrm} (${Math.round(p * 100)} %)`).join(", ");
  sheet(`Sighting of ${spaced(sighting.vrm)}`, (close) => [
    el("div", { class: "pictures" }, picture(sighting.plate_picture, "Plate as photographed"), picture(sighting.overview_picture, "Vehicle")),
    el("p", { class: "note", text: `${sighting.camera.label}, ${dateTime(sighting.seen_utc)}, read with ${Math.round(sighting.confidence * 100)} %${more ? `; also possible: ${more}` : ""}` }),
    place && el("p", { class: "note", text: `${place.latitude_deg.toFixed(5)}, ${place.longitude_deg.toFixed(5)}${place.stale ? " (old fix)" : ""}` }),
    el("div", { class: "ends" }, button("Close", close, { autofocus: true }),
      button("Look up", () => { close(); store.lookFor = sighting.vrm; store.room = "lookup"; changed(); }, { class: "primary" })),
  ]);
}
