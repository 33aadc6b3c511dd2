// What moves the apel along: open, close, the deadline moved; each grave one asked once more in its place.
import { el } from "/bagian/base.js";
import { place, put } from "/kantor/place.js";
import { words } from "/kantor/states.js";
import { STATES } from "/kantor/words.js";

const MINUTES = [5, 10, 15, 30];

export class Conduct {
  constructor(console) {
    this.console = console;
    this.title = el("p", { className: "title" });
    this.clock = el("p", { className: "clock", role: "timer", ariaLabel: "Jam" });
    this.state = el("p", {});
    this.acts = el("p", { className: "tools" });
    this.node = el("section", { className: "conduct", ariaLabel: "Apel" }, el("div", {}, this.title, this.state), this.clock, this.acts);
  }

  draw(apel, etag) {
    this.apel = apel;
    this.etag = etag;
    this.title.textContent = `${apel.title}, ${place.clock.date(apel.on_date)}`;
    const shown = `${apel.state}${apel.report_deadline}`;
    if (this.shown !== shown) this.offer();
    this.shown = shown;
    this.tick(Date.now() + this.console.ahead);
  }

  tick(now) {
    this.clock.textContent = `${place.clock.seconds(now)} ${place.zone}`;
    if (!this.apel) return;
    const left = Math.ceil((Date.parse(this.apel.report_deadline) - now) / 60_000);
    const due = left > 0 ? `${left} menit lagi` : "sudah lewat";
    const said = `${STATES[this.apel.state]} · tenggat laporan ${place.clock.time(this.apel.report_deadline)} (${due})`;
    if (this.state.textContent !== said) this.state.textContent = said;
  }

  offer() {
    const { state } = this.apel;
    const button = (title, run) => el("button", { type: "button", on: { click: run } }, title);
    const held = this.acts.contains(document.activeElement);
    this.acts.replaceChildren(
      ...[
        state === "scheduled" &&
          button("Buka apel", () => this.ask("Buka apel sekarang?", () => put("POST", `${this.console.path}/open`, {}))),
        state === "open" &&
          button("Tutup apel", () => this.ask("Tutup apel untuk semua?", () => put("POST", `${this.console.path}/close`, {}))),
        state === "closed" &&
          button("Buka lagi", () => this.ask("Buka lagi apel ini?", () => put("POST", `${this.console.path}/reopen`, {}))),
        !["final", "cancelled"].includes(state) && button("Undur tenggat", () => this.postpone()),
      ].filter(Boolean),
    );
    if (held) this.acts.querySelector("button")?.focus();
  }

  ask(question, run) {
    const yes = el("button", { type: "button", className: "main", on: { click: () => this.run(run) } }, "Ya");
    this.acts.replaceChildren(el("span", {}, question), yes, el("button", { type: "button", on: { click: () => this.offer() } }, "Batal"));
    yes.focus();
  }

  postpone() {
    const later = (minutes) => new Date(Date.parse(this.apel.report_deadline) + minutes * 60_000).toISOString();
    const patch = (minutes) =>
      this.run(() => put("PATCH", this.console.path, { report_deadline: later(minutes) }, { "if-match": this.etag }));
    this.acts.replaceChildren(
      el("span", {}, "Undur tenggat"),
      ...MINUTES.map((minutes) => el("button", { type: "button", on: { click: () => patch(minutes) } }, `+${minutes} menit`)),
      el("button", { type: "button", on: { click: () => this.offer() } }, "Batal"),
    );
    this.acts.querySelector("button").focus();
  }

  async run(act) {
    try {
      await act();
      this.console.acts += 1;
      this.console.tell("");
    } catch (error) {
      this.console.tell(error.status === 412 ? "Apel ini baru saja diubah operator lain; periksa lagi." : words(error));
    }
    await this.console.refresh().catch((error) => this.console.tell(words(error)));
    this.offer();
    this.acts.querySelector("button")?.focus();
  }
}
