// The queue in the engine's order, and the alert that is open beside it.
import { act, actQuietly } from "../api.js";
import { alertPanel } from "./alert.js";
import { changed, store, text, windowInOrder } from "../store.js";
import { button, el, keyed, once, picture, plaque, sign, time } from "../dom.js";
import { doubt, joined, listName, spaced } from "../words.js";
import { unseen } from "../unseen.js";
/** @import { Alert } from "../types.d.ts" */

const REFETCH_MS = 2000;

export function alertsRoom() {
  const count = el("small");
  const cards = el("ol", { class: "cards" });
  const rest = el("div", {});
  const news = el("div", { class: "news" });
  const queue = el("section", { class: "queue", "aria-label": "Queue" }, el("h2", {}, "Queue", count), news, cards);
  const side = el("section", { class: "side", "aria-label": "Alert" });
  const node = el("div", { class: "alerts-room" }, queue, side);
  cards.addEventListener("scroll", () => changed(), { passive: true });
  const known = new Map();
  /** @type {Alert[]} */
  let further = []; // what was fetched beyond the window that the engine keeps up by itself
  let furtherFor = 0;
  let fetching = false;
  /** @type {ReturnType<typeof alertPanel> | null} */
  let panel = null;

  function draw() {
    const alerts = windowInOrder();
    if (store.counts.waiting <= alerts.length) further = [];
    else if (further.length && furtherFor !== store.counts.waiting) refetch();
    const kept = new Set(alerts.map((alert) => alert.alert_id));
    choose(alerts);
    drawPanel(); // first: its pictures go before the small ones of the cards
    count.textContent = store.counts.waiting ? `${store.counts.waiting} waiting` : "";
    rest.remove();
    for (const id of thumbs.keys()) if (!store.alerts.has(id) && !further.some((alert) => alert.alert_id === id)) thumbs.delete(id);
    keyed(cards, known, [...alerts, ...further.filter((alert) => !kept.has(alert.alert_id))], {
      id: (alert) => alert.alert_id, key: (alert) => `${store.selected === alert.alert_id}${JSON.stringify(alert)}`, build: card,
    });
    drawRest();
    drawNews();
    node.dataset.open = store.open ? "yes" : "no";
  }

  // The latest alert that nobody has seen, while its card is out of sight.
  function drawNews() {
    const latest = unseen().reduce((found, alert) => (found && found.alert_id > alert.alert_id ? found : alert), /** @type {Alert | null} */ (null));
    const card = latest && known.get(latest.alert_id)?.node.getBoundingClientRect();
    const box = cards.getBoundingClientRect();
    const inSight = card && card.top >= box.top - 1 && card.bottom <= box.bottom + 1;
    const shown = latest && !inSight && latest.alert_id !== store.selected ? latest : null;
    news.hidden = !shown;
    once(news, shown ? JSON.stringify(shown) : "", () => shown && button([
      plaque(shown.symbol, shown.colours), el("span", { class: `vrm ${shown.kind}`, text: spaced(shown.list_vrm) || shown.fault_text }),
      el("span", { class: "when", text: time(shown.seen_utc || shown.raised_utc).slice(0, 5) }), el("span", { class: "about", text: joined(["New", shown.instruction, shown.symbol.label]) }),
    ], () => open(shown), { data: { alert: shown.alert_id } }));
  }

  function drawRest() {
    const more = store.counts.waiting - cards.querySelectorAll(".card").length;
    if (more > 0) cards.append(rest);
    once(rest, more, () => more > 0 && button(`${more} more`, async () => {
      const answer = await act("queue", { start: cards.querySelectorAll(".card").length });
      if (answer) { further = [...further, ...answer.alerts]; furtherFor = store.counts.waiting; changed(); }
    }, { class: "rest" }));
  }

  async function refetch() {
    if (fetching) return;
    fetching = true;
    /** @type {Alert[]} */
    const fresh = [];
    while (fresh.length < further.length) {
      const answer = await actQuietly("queue", { start: windowInOrder().length + fresh.length });
      if (!answer?.alerts.length) break;
      fresh.push(...answer.alerts);
    }
    further = fresh;
    furtherFor = store.counts.waiting;
    setTimeout(() => { fetching = false; changed(); }, REFETCH_MS);
    changed();
  }

  function drawPanel() {
    const alert = selectedAlert();
    if (!alert) {
      panel = null;
      once(side, "none", () => el("div", { class: "empty" }, sign("plate"), el("p", { text: "No alert is waiting" })));
      return;
    }
    if (panel?.id !== alert.alert_id) {
      panel = alertPanel(alert.alert_id);
      const hadKeyboard = side.contains(document.activeElement);
      side.drawn = null;
      side.replaceChildren(panel.node);
      // to what is known of the new alert, never to a decision: Enter may have been meant for the alert before
      if (hadKeyboard) /** @type {HTMLElement} */ (panel.node.firstChild).focus();
      actQuietly("viewed", { what: "alert", id: alert.alert_id });
    }
    panel.draw(alert);
  }
  return { node, draw };
}

/** @param {Alert} alert */
function open(alert) {
  store.selected = alert.alert_id;
  store.pinned = alert;
  store.open = true;
  changed();
}

// The alert that is open, though it may have left the queue meanwhile.
function selectedAlert() {
  const id = store.selected;
  return id === null ? null : store.alerts.get(id) ?? (store.pinned?.alert_id === id ? store.pinned : null);
}

// The open alert stays open, whatever comes in, until it is decided or another is tapped.
/** @param {Alert[]} alerts */
function choose(alerts) {
  if (!selectedAlert()) store.selected = alerts[0]?.alert_id ?? null;
}

// The small picture of the plate in each card: the same element for as long as the picture is the same, so that it does not
// flicker while the words around it change.
/** @type {Map<number, { id: string, node: HTMLElement }>} */
const thumbs = new Map();

/** @param {Alert} alert */
function thumb(alert) {
  if (!alert.plate_picture) return null;
  const known = thumbs.get(alert.alert_id);
  if (known?.id === alert.plate_picture) return known.node;
  const node = picture(alert.plate_picture, "", "thumb", "low");
  thumbs.set(alert.alert_id, { id: alert.plate_picture, node });
  return node;
}

/** @param {Alert} alert */
function card(alert) {
  const first = alert.listed[0];
  const withdrawn = alert.state === "withdrawn";
  const about = alert.kind === "fault" ? alert.fault_remedy : joined([withdrawn && text("withdrawn", "Withdrawn"), alert.muted && "Muted", !withdrawn && doubt(alert),
    !withdrawn && alert.corrected && text("corrected", "Corrected"), first?.reason || alert.symbol.label, first && listName(first)]);
  const cls = ["card", !alert.acknowledged_by && "is-new", alert.acknowledged_by && "is-seen", alert.muted && "is-muted", alert.kind === "fault" && "is-fault", withdrawn && "is-withdrawn"];
  return button([
    el("span", { class: "signs" }, plaque(alert.symbol, alert.colours), thumb(alert)),
    el("span", { class: "vrm", text: spaced(alert.list_vrm) || alert.fault_text }),
    el("span", { class: "when", text: `${time(alert.seen_utc || alert.raised_utc).slice(0, 5)}${alert.repeats ? ` ×${alert.repeats + 1}` : ""}` }),
    alert.instruction && el("span", { class: "instruction", text: alert.instruction }),
    el("span", { class: "about", text: about }),
  ], () => open(alert), {
    class: cls.filter(Boolean).join(" "), data: { alert: alert.alert_id }, "aria-current": store.selected === alert.alert_id ? "true" : undefined,
  });
}
