// The queue in the engine's order, and the alert that is open beside it.
import { act, actQuietly } from "./api.js";
import { alertPanel } from "./alert.js";
import { alertsInOrder, changed, store } from "./store.js";
import { button, el, once, plaque, sign, time } from "./dom.js";
import { spaced } from "./driver.js";

const REFETCH_MS = 2000;

export function alertsRoom() {
  const count = el("small");
  const cards = el("ol", { class: "cards" });
  const rest = el("div", {});
  const queue = el("section", { class: "queue", "aria-label": "Queue" }, el("h2", {}, "Queue", count), cards);
  const side = el("section", { class: "side", "aria-label": "Alert" });
  const node = el("div", { class: "alerts-room" }, queue, side);
  const known = new Map();
  let further = []; // what was fetched beyond the window that the engine keeps up by itself
  let furtherFor = 0;
  let fetching = false;
  let panel = null;

  function draw() {
    const alerts = alertsInOrder();
    if (store.counts.waiting <= alerts.length) further = [];
    else if (further.length && furtherFor !== store.counts.waiting) refetch();
    const kept = new Set(alerts.map((alert) => alert.alert_id));
    choose(alerts);
    count.textContent = store.counts.waiting ? `${store.counts.waiting} waiting` : "";
    drawCards(cards, [...alerts, ...further.filter((alert) => !kept.has(alert.alert_id))], known);
    drawRest();
    drawPanel();
    node.dataset.open = store.open ? "yes" : "no";
  }

  function drawRest() {
    const more = store.counts.waiting - cards.querySelectorAll(".card").length;
    if (more > 0) cards.append(rest); else rest.remove();
    once(rest, more, () => more > 0 && button(`${more} more`, async () => {
      const answer = await act("queue", { start: cards.querySelectorAll(".card").length });
      if (answer) { further = [...further, ...answer.alerts]; furtherFor = store.counts.waiting; changed(); }
    }, { class: "rest" }));
  }

  async function refetch() {
    if (fetching) return;
    fetching = true;
    const fresh = [];
    while (fresh.length < further.length) {
      const answer = await actQuietly("queue", { start: store.order.length + fresh.length });
      if (!answer?.alerts.length) break;
      fresh.push(...answer.alerts);
    }
    further = fresh;
    furtherFor = store.counts.waiting;
    setTimeout(() => { fetching = false; changed(); }, REFETCH_MS);
    changed();
  }

  function drawPanel() {
    const alert = store.alerts.get(store.selected) ?? (store.pinned?.alert_id === store.selected ? store.pinned : null);
    if (!alert) {
      panel = null;
      once(side, "none", () => el("div", { class: "empty" }, sign("silent"), el("p", { text: "No alert is waiting" })));
      return;
    }
    if (panel?.id !== alert.alert_id) {
      panel = alertPanel(alert.alert_id);
      side.drawn = null;
      side.replaceChildren(panel.node);
      actQuietly("viewed", { what: "alert", id: alert.alert_id });
    }
    panel.draw(alert);
  }
  return { node, draw };
}

// The open alert stays open, whatever comes in, until it is decided or another is tapped.
function choose(alerts) {
  const there = store.selected !== null && (store.alerts.has(store.selected) || store.pinned?.alert_id === store.selected);
  if (!there) store.selected = alerts[0]?.alert_id ?? null;
}

function drawCards(box, alerts, known) {
  const theme = document.documentElement.dataset.theme;
  const wanted = new Set();
  let place = box.firstElementChild;
  for (const alert of alerts) {
    const id = alert.alert_id;
    wanted.add(id);
    const key = `${theme}${store.selected === id}${JSON.stringify(alert)}`;
    let item = known.get(id);
    if (!item || item.key !== key) {
      const focused = item?.node.contains(document.activeElement);
      const fresh = { key, node: el("li", {}, card(alert)) };
      if (item === undefined) known.set(id, fresh);
      else { if (place === item.node) place = fresh.node; item.node.replaceWith(fresh.node); known.set(id, fresh); }
      item = fresh;
      if (focused) item.node.firstChild.focus();
    }
    if (item.node !== place) box.insertBefore(item.node, place); else place = place.nextElementSibling;
  }
  for (const [id, item] of known) {
    if (!wanted.has(id)) { item.node.remove(); known.delete(id); }
  }
}

export function card(alert) {
  const first = alert.listed[0];
  const about = alert.kind === "fault" ? alert.fault_remedy : [alert.state === "withdrawn" ? "Withdrawn" : "", alert.muted ? "Muted" : "",
    first?.reason || alert.symbol.label, first?.list_name].filter(Boolean).join(" · ");
  const cls = ["card", !alert.acknowledged_by && "is-new", alert.acknowledged_by && "is-seen", alert.muted && "is-muted", alert.kind === "fault" && "is-fault", alert.state === "withdrawn" && "is-withdrawn"];
  return button([
    plaque(alert.symbol, alert.colours),
    el("span", { class: "vrm", text: spaced(alert.list_vrm) || alert.fault_text }),
    el("span", { class: "when", text: `${time(alert.raised_utc).slice(0, 5)}${alert.repeats ? ` ×${alert.repeats + 1}` : ""}` }),
    el("span", { class: "about", text: about }),
  ], () => { store.selected = alert.alert_id; store.pinned = alert; store.open = true; changed(); }, {
    class: cls.filter(Boolean).join(" "), data: { alert: alert.alert_id }, "aria-current": store.selected === alert.alert_id ? "true" : undefined,
  });
}
