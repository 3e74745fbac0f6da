// The lists in the car: how old each is, muted or not, on or off.
import { act } from "../api.js";
import { age, button, el, once, plaque, sign } from "../dom.js";
import { secondDeviceSheet } from "./device.js";
import { store } from "../store.js";
/** @import { List } from "../types.d.ts" */

export function listsRoom() {
  const rows = el("div", { class: "rows" });
  const node = el("div", { class: "page" },
    el("div", { class: "head" }, el("h2", { text: "Lists in this car" }), button([sign("screen"), "Second device"], secondDeviceSheet)), rows);
  return { node, draw: () => once(rows, JSON.stringify(store.lists), () => store.lists.map(row)) };
}

/** @param {List} list */
function row(list) {
  const old = list.max_age_s === null ? "" : ` (limit ${age(list.max_age_s)})`;
  return el("div", { class: "row" },
    plaque({ name: "lists", shape: "square", label: "" }, list.colours, `Priority ${list.priority}`),
    el("div", { class: "grow" }, el("b", { text: list.name }),
      el("small", { text: [`${list.entries.toLocaleString("en-GB")} entries`, `revision ${list.revision}`, `priority ${list.priority}`].map((one) => one.replaceAll(" ", "\u00a0")).join(" · ") }),
      el("small", { class: list.too_old ? "alarm" : "", text: `${age(list.age_s)} old${old}${list.too_old ? " — TOO OLD" : ""}` })),
    button(list.muted ? "Muted" : "Sounds", () => act("mute", { list: list.name, muted: !list.muted }), {
      disabled: !list.mutable && !list.muted, "aria-pressed": String(list.muted), data: { name: `mute ${list.name}` },
      "aria-label": `${list.name}: ${list.muted ? "muted" : "sounds"}${list.mutable ? "" : ", cannot be muted"}`,
    }),
    button(list.enabled ? "On" : "Off", () => act("list-enabled", { list: list.name, enabled: !list.enabled }), {
      disabled: !list.crew_may_disable, "aria-pressed": String(list.enabled), data: { name: `on ${list.name}` },
      "aria-label": `${list.name}: ${list.enabled ? "on" : "off"}${list.crew_may_disable ? "" : ", cannot be switched"}`,
    }));
}
