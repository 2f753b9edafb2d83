// Makes the table of half hours quicker: arrow keys, painting with mouse, pen or a long press, copying Monday, a live count.
// Without this module it is a table of checkboxes that works. Values are Monday 00:00 = 0 to Sunday 23:30 = 335.
const HALF_HOURS = 48;
const DAYS = 7;
const LONG_PRESS = 350;

const dayOf = (value) => Math.floor(value / HALF_HOURS);
const halfOf = (value) => value % HALF_HOURS;
const clamp = (number, low, high) => Math.min(Math.max(number, low), high);

class WeekGrid {
  constructor(root) {
    this.root = root;
    this.slots = new Map([...root.querySelectorAll(".slot")].map((slot) => [Number(slot.value), slot]));
    this.count = root.querySelector("[data-week-count]");
    this.painting = null;
    this.listenForKeys();
    this.listenForPointers();
    this.offerTools();
    root.addEventListener("change", () => this.tellCount());
    this.tellCount();
  }

  // One stop of the tab key for the grid; the arrow keys move inside it.
  listenForKeys() {
    for (const slot of this.slots.values()) slot.tabIndex = -1;
    this.chooseTabStop();
    this.root.querySelector("details")?.addEventListener("toggle", () => this.chooseTabStop());
    this.root.addEventListener("keydown", (event) => this.move(event));
    this.root.addEventListener("focusin", (event) => event.target.matches(".slot") && this.makeTabStop(event.target));
  }

  // The slot that had the focus last, unless it was folded away; else the first chosen one, or the first.
  chooseTabStop() {
    const visible = [...this.slots.values()].filter((slot) => this.reachable(slot));
    this.makeTabStop(
      visible.find((slot) => slot.tabIndex === 0) ?? visible.find((slot) => slot.checked) ?? visible[0],
    );
  }

  makeTabStop(slot) {
    for (const other of this.root.querySelectorAll(".slot[tabindex='0']")) other.tabIndex = -1;
    slot.tabIndex = 0;
  }

  reachable(slot) {
    const fold = slot?.closest("details");
    return Boolean(slot) && (!fold || fold.open);
  }

  move(event) {
    if (!event.target.matches(".slot") || event.ctrlKey || event.metaKey || event.altKey) return;
    const value = Number(event.target.value);
    const next = this.slots.get(this.neighbour(event.key, dayOf(value), halfOf(value)));
    if (!this.reachable(next)) return;
    event.preventDefault();
    if (event.shiftKey && next.checked !== event.target.checked) this.set(next, event.target.checked);
    next.focus();
  }

  neighbour(key, day, half) {
    const forward = getComputedStyle(this.root).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward }[key];
    if (step) return clamp(day + step, 0, DAYS - 1) * HALF_HOURS + half;
    const rows = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (rows) return day * HALF_HOURS + clamp(half + rows, 0, HALF_HOURS - 1);
    if (key === "Home") return half;
    if (key === "End") return (DAYS - 1) * HALF_HOURS + half;
    return undefined;
  }

  // A mouse or pen paints at once; a finger only after a long press, because its first purpose is scrolling.
  listenForPointers() {
    this.root.addEventListener("pointerdown", (event) => this.begin(event));
    document.addEventListener("pointermove", (event) => this.paint(event));
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => this.end());
    this.root.addEventListener("touchmove", (event) => this.painting?.ready && event.preventDefault(), { passive: false });
    this.root.addEventListener("contextmenu", (event) => this.painting?.touch && event.preventDefault());
    this.root.addEventListener("click", (event) => this.swallow(event), { capture: true });
  }

  begin(event) {
    this.painted = false;
    if (!event.target.matches(".slot") || event.button !== 0) return;
    const touch = event.pointerType === "touch";
    const before = new Map([...this.slots].map(([value, slot]) => [value, slot.checked]));
    this.painting = { from: event.target, on: !event.target.checked, before, touch, ready: !touch };
    if (touch) this.painting.timer = setTimeout(() => this.beginTouch(), LONG_PRESS);
  }

  beginTouch() {
    this.painting.ready = true;
    this.painted = true;
    this.fill(this.painting.from);
  }

  paint(event) {
    if (!this.painting?.ready) return;
    const slot = document.elementFromPoint(event.clientX, event.clientY)?.closest(".slot");
    if (!slot || !this.root.contains(slot) || (slot === this.painting.from && !this.painted)) return;
    this.painted = true;
    this.fill(slot);
  }

  // The rectangle between where the painting began and where the pointer is; outside it, all is as before.
  fill(to) {
    const { from, on, before } = this.painting;
    const days = [dayOf(from.value), dayOf(to.value)].sort((a, b) => a - b);
    const halves = [halfOf(from.value), halfOf(to.value)].sort((a, b) => a - b);
    for (const [value, slot] of this.slots) {
      const inside =
        dayOf(value) >= days[0] && dayOf(value) <= days[1] && halfOf(value) >= halves[0] && halfOf(value) <= halves[1];
      slot.checked = inside && this.reachable(slot) ? on : before.get(value);
    }
  }

  end() {
    if (!this.painting) return;
    clearTimeout(this.painting.timer);
    this.painting = null;
    if (this.painted) this.tellCount();
  }

  // The click at the end of a painting would turn its last half hour again.
  swallow(event) {
    if (!this.painted || !event.target.matches(".slot")) return;
    event.preventDefault();
    this.painted = false;
  }

  offerTools() {
    const tools = this.root.querySelector("[data-week-tools]");
    tools.hidden = false;
    tools.querySelector("[data-week-copy]").addEventListener("click", () => this.copyMonday());
    tools.querySelector("[data-week-clear]").addEventListener("click", () => this.setAll(() => false));
  }

  copyMonday() {
    this.setAll((value, slot) => (dayOf(value) < 5 ? this.slots.get(halfOf(value)).checked : slot.checked));
  }

  setAll(wanted) {
    for (const [value, slot] of this.slots) slot.checked = wanted(value, slot);
    this.tellCount();
  }

  set(slot, checked) {
    slot.checked = checked;
    this.tellCount();
  }

  tellCount() {
    const chosen = [...this.slots.values()].filter((slot) => slot.checked).length;
    const text = this.count.dataset.text.replace("{hours}", String(chosen / 2));
    if (this.count.textContent !== text) this.count.textContent = text;
  }
}

for (const root of document.querySelectorAll("[data-week-grid]")) new WeekGrid(root);
