// One alert: look at the plate, compare, tick, decide. Facts are drawn anew when they change, the ticks stay.
import { act, actQuietly } from "../api.js";
import { age, button, dateTime, el, markerPlaque, once, picture, plaque, sign, time } from "../dom.js";
import { cellTable } from "../cells.js";
import { changed, session, store, text } from "../store.js";
import { decisionBar } from "./decide.js";
import { capital, differs, hiddenWords, listName, percent, spaced, tags, typed, way } from "../words.js";
/** @import { Alert, Fault, Hit } from "../types.d.ts" */

const ARROWS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];

/** @param {number} id */
export function alertPanel(id) {
  const facts = el("div", { class: "alert-read", tabindex: "0", role: "region", "aria-label": "What is known" });
  const bar = decisionBar(id);
  const node = el("article", { class: "alert", "aria-label": "Alert" }, facts, bar.node);
  const look = watchPicture(id);
  const kept = keptPictures();

  /** @param {Alert} alert */
  function draw(alert) {
    once(facts, JSON.stringify({ ...alert, decided: null }), () => (alert.kind === "fault" ? faultFacts(alert) : hitFacts(alert, look, kept)));
    bar.draw(alert);
  }
  return { id, node, draw };
}

/** @param {Alert} alert */
function head(alert) {
  const first = alert.listed[0];
  return el("div", { class: `alert-head ${alert.kind}` },
    button(sign("back"), () => { store.open = false; changed(); }, { class: "to-queue", "aria-label": "Back to the queue" }),
    plaque(alert.symbol, alert.colours),
    el("div", { class: "what" }, alert.kind === "hit" && el("p", { class: "mark", text: spaced(alert.list_vrm) }),
      el("h2", { class: "label" }, alert.fault_text || alert.symbol.label, " ", tags(alert)),
      el("p", { class: "from", text: first ? listName(first) : dateTime(alert.raised_utc) }),
      alert.possible && el("p", { class: "from", text: hiddenWords(alert) })),
    seenButton(alert),
    alert.kind === "hit" && el("p", { class: "chance" }, el("b", { text: `${percent(alert.probability)}` }), el("span", { text: alert.words })),
    alert.kind === "hit" && el("div", { class: "ordered" },
      el("p", { class: "order", data: { shape: alert.symbol.shape, state: alert.state } }, el("span", { text: alert.instruction }),
        alert.ordered_by && el("small", { text: `by ${alert.ordered_by}: the strictest of its lists` })),
      alert.markers.length > 0 && el("div", { class: "markers" }, alert.markers.map(markerPlaque))));
}

/** @param {Alert} alert */
function seenButton(alert) {
  if (alert.decided) return null;
  if (alert.acknowledged_by) return el("p", { class: "seen-by" }, sign("ok"), ` ${text("acknowledge", "Seen")}`);
  return button(text("acknowledge", "Seen"), () => act("acknowledge", { alert_id: alert.alert_id }), { class: "seen" });
}

/** @param {Fault} alert */
function faultFacts(alert) {
  return [head(alert), el("p", { class: "note", text: alert.fault_subject ? `Concerns: ${alert.fault_subject}` : "" }),
    el("h3", { text: "What to do" }), el("p", { text: alert.fault_remedy })];
}

/**
 * @param {Hit} alert
 * @param {ReturnType<typeof watchPicture>} look
 * @param {ReturnType<typeof keptPictures>} kept
 */
function hitFacts(alert, look, kept) {
  const plate = kept("plate", alert.plate_picture, `Plate as photographed, read as ${alert.read_vrm}`);
  look(plate, alert);
  const alarms = alert.steps.some((step) => step.alarm); // the others leave their place to the comparison
  return [
    head(alert),
    alarms && steps(alert),
    el("div", { class: "known" },
      el("div", { class: "compare" }, plate, cells(alert), legend(alert)),
      el("div", { class: "facts" },
        el("div", { class: "vehicle" }, kept("overview", alert.overview_picture, "Vehicle as photographed"), vehicle(alert)),
        listFacts(alert))),
    !alarms && steps(alert),
    alert.listed.length > 1 && el("div", { class: "others" }, el("h3", { text: "Also on" }), alert.listed.slice(1).map((entry) =>
      el("div", { class: "row" }, plaque({ ...alert.symbol, name: "lists", shape: "square", label: listName(entry) }, entry.colours),
        el("div", { class: "grow" }, el("b", { text: listName(entry) }), el("small", { text: [entry.reason, entry.action, `list ${age(entry.list_age_s)} old`].filter(Boolean).join(" · ") }))))),
  ];
}

/** @param {Hit} alert */
function steps(alert) {
  return alert.steps.length > 0 && el("ul", { class: "steps" }, alert.steps.map((step) => el("li", { class: step.alarm ? "alarm" : "" }, step.at_utc && el("time", { datetime: step.at_utc, text: time(step.at_utc) }), step.words)));
}

/** @param {Hit} alert */
function cells(alert) {
  return cellTable(alert.cells, session().uncertain_below, [alert.typed_by ? "Typed" : "Read", "List"]);
}

/** @param {Hit} alert */
function legend(alert) {
  const limit = session().uncertain_below;
  const wrong = alert.cells.filter(differs).length;
  const unsure = alert.cells.filter((cell) => cell.read && cell.agreement !== "unseen" && cell.probability < limit);
  const same = alert.cells.some((cell) => cell.agreement === "looks_same");
  const hidden = alert.cells.filter((cell) => cell.agreement === "hidden").length;
  const lines = hidden ? [el("b", { text: `${hidden} character${hidden > 1 ? "s" : ""} left blank: read the picture` })] : [
    alert.cells.some((cell) => cell.agreement === "unseen") ? el("b", { text: capital(alert.hidden) }) : wrong ? el("b", { text: `${wrong} character${wrong > 1 ? "s differ" : " differs"} from the list` }) : el("b", { text: same ? "O and 0, I and 1 look the same on plates" : "Every character as listed" }),
    unsure.length > 0 && el("span", { text: `Uncertain: ${unsure.map((cell) => `${cell.read} ${percent(cell.probability)}`).join(", ")}` }),
  ];
  return el("p", { class: "legend" }, lines.filter(Boolean));
}

// What no list gives is said to be so: nothing that is missing passes for something that agrees.
/** @param {Hit} alert */
function vehicle(alert) {
  const { colour, make, model } = alert.vehicle;
  const missing = [!colour && "colour", !make && "make", !model && "model"].filter(Boolean);
  return el("div", {}, el("p", { class: "big" }, [colour, make, model].filter(Boolean).map((word) => el("span", { text: word }))),
    missing.length > 0 && el("p", { class: "not-listed", text: `${capital(missing.join(", "))} not listed` }),
    el("p", { class: "reason", text: alert.listed[0].reason }));
}

// What DVLA, DVSA and the force's gateway say: what differs from the list first, trouble last, each in its own sentence.
/** @param {Hit} alert */
function registers(alert) {
  const told = alert.enquiry;
  if (!told) return null;
  return el("section", { class: "registers", "aria-label": "What the registers say" },
    told.differs && el("p", { class: "alarm", text: told.differs }),
    told.differences.length > 0 && el("p", { class: "differs" }, told.differences.map((one) => el("span", {}, `${capital(one.what)}: list `, el("b", { text: one.listed }), ", registered ", el("b", { text: one.registered })))),
    told.facts.length > 0 && el("dl", {}, told.facts.map((fact) => [el("dt", { text: fact.name }), el("dd", { class: fact.alarm ? "alarm" : "", text: fact.words })])),
    told.found && el("p", { class: "note", text: [`${told.source}, ${time(told.answered_utc)}`, told.late].filter(Boolean).join(", ") }),
    told.told.map((words) => el("p", { class: "note", text: words })));
}

/** @param {Hit} alert */
function listFacts(alert) {
  const first = alert.listed[0];
  const old = first.list_max_age_s !== null && first.list_age_s > first.list_max_age_s;
  const place = alert.place;
  /** @type {[name: string, value: string | null, cls?: string][]} */
  const rows = [
    ["Text", first.information], ["Seen", `${dateTime(alert.seen_utc)} · ${way(alert)}`],
    ["Where", place && `${place.latitude_deg.toFixed(5)}, ${place.longitude_deg.toFixed(5)}${place.heading_deg === null ? "" : ` heading ${ARROWS[Math.round(place.heading_deg / 45) % 8]}`}${place.stale ? " (old fix)" : ""}`],
    ["Mark", alert.typed_by ? typed(alert) : null],
    ["Before", alert.met_times > 0 && alert.state !== "withdrawn" ? `seen ${alert.met_times === 1 ? "once" : `${alert.met_times} times`}, last ${dateTime(alert.met_last_utc)}` : null],
    ["Also on", alert.listed.slice(1).map(listName).join(", "), "alarm"],
    ["List age", `${age(first.list_age_s)}${old ? " — TOO OLD, check by radio" : ""}`, old ? "alarm" : ""],
    ["Weed date", first.date_checked ? first.weed_date : `${first.weed_date} — date cannot be checked`.trim(), first.date_checked ? "" : "alarm"],
    ["Action", first.action && `${first.action}, as listed`], ["Markers", alert.markers.map((marker) => marker.label).join(", ")],
    ["Force · CAD", [first.force_area, first.cad].filter(Boolean).join(" · ")], ["NIM · GSC", [first.nim_code, first.marking].filter(Boolean).join(" · ")],
  ];
  rows.sort(([, , one], [, , other]) => Number(other === "alarm") - Number(one === "alarm")); // what warns is never below the fold
  const told = registers(alert);
  if (!told) return table(rows);
  // what the list warns of goes before what the registers say, and that before what is seldom asked for
  return [table(rows.slice(0, 4)), told, table(rows.slice(4))];
}

/** @param {[name: string, value: string | null, cls?: string][]} rows */
function table(rows) {
  return el("dl", {}, rows.map(([name, value, cls]) => value && [el("dt", { text: name }), el("dd", { class: cls, text: value })]));
}

// Tells the server that the plate picture stood on the screen beside these two marks, once for each such pair.
/** @param {number} id */
function watchPicture(id) {
  /** @type {HTMLElement | null} */
  let image = null;
  /** @type {Hit | null} */
  let shown = null;
  let inSight = false;
  let reported = "";
  const report = async () => {
    if (!shown || !inSight || !(image instanceof HTMLImageElement) || !image.isConnected || image.naturalWidth === 0) return;
    const pair = shown.pair_key;
    if (reported === `${shown.plate_picture} ${pair}`) return;
    reported = `${shown.plate_picture} ${pair}`;
    if (await actQuietly("looked", { alert_id: id, picture: shown.plate_picture })) image.dispatchEvent(new CustomEvent("looked", { bubbles: true, detail: pair }));
    else setTimeout(() => { reported = ""; report(); }, 1000);
  };
  return (/** @type {HTMLElement} */ plate, /** @type {Hit} */ alert) => {
    shown = alert;
    if (!(plate instanceof HTMLImageElement)) return; // nothing to look at: it stays unconfirmed
    if (plate === image) { report(); return; }
    image = plate;
    inSight = false;
    const eye = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting && entry.intersectionRatio > 0.9)) return;
      eye.disconnect();
      // two frames later it has been painted
      plate.decode().then(() => requestAnimationFrame(() => requestAnimationFrame(() => { if (plate === image) { inSight = true; report(); } })), () => {});
    }, { threshold: [0.95] });
    // a picture that comes late, or only at the second try, is looked at when it is there
    plate.addEventListener("load", () => eye.observe(plate), { once: true });
    if (plate.complete && plate.naturalWidth > 0) eye.observe(plate);
  };
}

// The same picture stays the same element: it neither flickers nor loads again while the words around it change.
function keptPictures() {
  /** @type {Map<string, { id: string, node: HTMLElement }>} */
  const known = new Map();
  return (/** @type {string} */ kind, /** @type {string} */ id, /** @type {string} */ alt) => {
    const before = known.get(kind);
    const node = before?.id === id ? before.node : picture(id, alt, kind, "high");
    known.set(kind, { id, node });
    if (node instanceof HTMLImageElement) node.alt = alt;
    return node;
  };
}
