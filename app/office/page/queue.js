// A queue that is worked off with the keyboard: a list, one item chosen, and the focus never lost.
import { count, el } from "/bagian/base.js";
import { once } from "/kantor/hands.js";
import { place, say } from "/kantor/place.js";
import { failure, words } from "/kantor/states.js";

export class Moved extends Error {}

const AGAIN = 15_000; // another operator's work shows within this time

// spec: { load() → items, key(item), label(item) → nodes, detail(item) → nodes, keys: {key: [words, run(item)]}, done: words }
export class Queue {
  constructor(node, spec) {
    const sets = { waiting: new Set(), answered: new Set(), failed: new Set(), begun: new Map() };
    Object.assign(this, { spec, items: [], chosen: null, asked: 0, latest: 0, ...sets });
    const on = { keydown: (event) => this.press(event) };
    this.left = el("p", { className: "left", role: "status", on }); // has the focus once nothing is left
    this.note = el("p", { role: "alert", className: "note" });
    this.list = el("ul", { className: "items", ariaLabel: spec.name });
    this.detail = el("section", { className: "detail", ariaLabel: "Yang dipilih" });
    this.frame = once(el("div", { className: "queue", on }, this.list, this.detail));
    const help = el(
      "details",
      { className: "keys" },
      el("summary", {}, "Pintasan papan ketik (?)"),
      el(
        "dl",
        {},
        this.allKeys().map(([key, [said]]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, said))),
      ),
      el("p", { className: "quiet" }, "Berlaku selama fokus berada di antrean ini."),
    );
    this.help = help;
    node.append(this.left, this.note, this.frame, help);
    this.timer = setInterval(() => document.hidden || this.loading || this.refresh(), AGAIN);
  }

  stop() {
    clearInterval(this.timer);
  }

  allKeys() {
    return [["j ↓", ["berikutnya"]], ["k ↑", ["sebelumnya"]], ...Object.entries(this.spec.keys)];
  }

  async refresh({ words: told } = {}) {
    this.loading = true;
    const answered = [...this.answered];
    const mine = (this.asked += 1);
    try {
      const found = await this.spec.load();
      if (mine < this.latest) return; // a later look came first
      this.latest = mine;
      // Asked after its answer had come: what is there again was put back since, by whomever.
      for (const key of answered) if (this.answered.delete(key)) this.waiting.delete(key);
      this.take(found.filter((item) => !this.waiting.has(this.spec.key(item))));
      if (told) this.tell(told);
    } catch (error) {
      if (this.items.length) return this.tell(words(error));
      this.list.hidden = true;
      this.detail.replaceChildren(failure(error, () => this.refresh()));
    } finally {
      this.loading = false;
    }
  }

  // Whoever is writing about an item keeps it, even when a colleague settled it meanwhile: sending tells them.
  take(found) {
    const kept = (this.writes || written(this.detail)) && !this.waiting.has(this.chosen);
    const gone = kept && this.item && !found.some((item) => this.spec.key(item) === this.chosen);
    // What a detail that stayed open still holds may be an older copy of an item: it counts once.
    const items = [...new Map((gone ? [this.item, ...found] : found).map((item) => [this.spec.key(item), item])).values()];
    const place = this.items.findIndex((item) => this.spec.key(item) === this.chosen);
    this.items = items;
    if (!items.some((item) => this.spec.key(item) === this.chosen))
      this.chosen = items.length ? this.spec.key(items[Math.min(Math.max(place, 0), items.length - 1)]) : null;
    this.draw();
  }

  get writes() {
    return this.detail.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  }

  get item() {
    return this.items.find((item) => this.spec.key(item) === this.chosen) ?? null;
  }

  tell(said) {
    this.note.textContent = said;
  }

  // Redraws all; whoever was in the list stays there, and what was begun in the detail is not disturbed.
  draw() {
    const inList = [document.body, this.left].includes(document.activeElement) || this.list.contains(document.activeElement);
    const typing =
      this.detail.dataset.of === this.chosen &&
      (this.detail.contains(document.activeElement) || written(this.detail) || asked(this.detail));
    this.left.textContent = this.items.length ? `${count(this.items.length)} tersisa` : this.spec.done;
    this.list.hidden = !this.items.length;
    const top = this.list.scrollTop;
    this.list.replaceChildren(...this.items.map((item) => this.button(item)));
    this.list.scrollTop = top;
    if (!typing) this.drawDetail();
    if (inList) this.focusChosen();
  }

  button(item) {
    const key = this.spec.key(item);
    const here = key === this.chosen;
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          tabIndex: here ? 0 : -1,
          ...(here ? { ariaCurrent: "true" } : {}),
          data: { key },
          on: { click: () => this.choose(item) },
        },
        this.spec.label(item),
        this.failed.has(key) ? el("span", { className: "tag look" }, "belum tersimpan") : "",
      ),
    );
  }

  // What somebody began to write about an item is there again when it is chosen again.
  drawDetail() {
    const hadFocus = this.detail.contains(document.activeElement);
    const { of: before } = this.detail.dataset;
    if (before && written(this.detail)) this.begun.set(before, [...this.detail.childNodes]);
    this.detail.dataset.of = this.chosen ?? "";
    const made = this.item ? (this.begun.get(this.chosen) ?? this.spec.detail(this.item)) : el("p", { className: "state" }, this.spec.done);
    this.begun.delete(this.chosen);
    this.detail.replaceChildren(...[made].flat().filter(Boolean));
    if (hadFocus) this.focusChosen();
  }

  focusChosen() {
    const chosen = this.list.querySelector('[aria-current="true"]');
    chosen?.focus({ preventScroll: true });
    chosen?.scrollIntoView({ block: "nearest" });
    if (!chosen) Object.assign(this.left, { tabIndex: -1 }).focus();
  }

  choose(item) {
    if (!item) return;
    this.chosen = this.spec.key(item);
    for (const button of this.list.querySelectorAll("button")) {
      const here = button.dataset.key === this.chosen;
      button.tabIndex = here ? 0 : -1;
      button.ariaCurrent = here ? "true" : null;
    }
    this.tell("");
    this.drawDetail();
    this.focusChosen();
  }

  // Its answer was taken back: it may be in the list again, where it is chosen. Returns it, or null.
  async putBack(key) {
    this.waiting.delete(key);
    this.answered.delete(key);
    await this.refresh();
    const back = this.items.find((item) => this.spec.key(item) === key) ?? null;
    this.choose(back);
    return back;
  }

  step(by) {
    const at = this.items.findIndex((item) => this.spec.key(item) === this.chosen);
    this.choose(this.items[Math.min(Math.max(at + by, 0), this.items.length - 1)]);
  }

  // Letters act only while the focus is in the queue and nobody types, so that they surprise neither hands nor speech.
  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const act = this.spec.keys[event.key] ?? (/^[1-9]$/.test(event.key) ? this.spec.keys["1–9"] : null);
    if (by) this.step(by);
    else if (event.repeat) return;
    else if (event.key === "?") this.help.open = !this.help.open;
    else if (act && (this.item || act[2])) act[1](this.item, event.key);
    else return;
    event.preventDefault();
  }

  // Sends one item's answer and goes on at once; what fails comes back with its reason.
  async settle(item, send, said) {
    const key = this.spec.key(item);
    if (this.waiting.has(key)) return null;
    this.waiting.add(key);
    this.failed.delete(key);
    this.list.contains(document.activeElement) || this.focusChosen();
    this.take(this.items.filter((one) => this.spec.key(one) !== key));
    try {
      const answer = await send();
      this.begun.delete(key);
      this.answered.add(key);
      this.tell("");
      say(`${said} ${this.items.length} tersisa.`);
      return answer;
    } catch (error) {
      await this.comeBack(item, key, error);
      return null;
    }
  }

  // Hands that went on to the next one stay there: a letter typed by then must not mean this one.
  async comeBack(item, key, error) {
    const moved = error.status === 404 || error instanceof Moved;
    this.waiting.delete(key);
    if (moved) this.begun.delete(key);
    else {
      this.failed.add(key);
      this.take([item, ...this.items]);
    }
    await this.refresh({ words: moved ? `Operator lain mendahului Anda. ${error.message}` : words(error) });
  }
}

// A note or an outcome, which nobody may lose; and what was typed to look somebody up, which means this item alone.
const filled = (node, fields) => [...node.querySelectorAll(fields)].some((one) => one.value.trim());
const written = (node) => filled(node, "textarea, [type=radio]:checked");
const asked = (node) => filled(node, "[type=search]");

// Which apel a queue is about: the latest ones, newest first.
export function apelChooser(apels, chosen, take) {
  const made = el(
    "select",
    { id: "apel", on: { change: () => take(made.value) } },
    apels.map((apel) => el("option", { value: apel.id, selected: apel.id === chosen }, `${place.clock.short(apel.on_date)} ${apel.title}`)),
  );
  return el("p", { className: "tools" }, el("label", { htmlFor: "apel" }, "Apel "), made);
}
