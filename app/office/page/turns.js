// The console of who runs the apel: whose turn it is, who follows, big keys, and nobody skipped by two operators.
import { el } from "/bagian/base.js";
import { Problem } from "/bagian/session.js";
import { once } from "/kantor/hands.js";
import { call, get, place, put, say } from "/kantor/place.js";
import { words } from "/kantor/states.js";
import { Conduct } from "/kantor/turn_conduct.js";
import { Missing, TurnList } from "/kantor/turn_lists.js";
import { spokenForm } from "/kantor/turn_spoken.js";

const EVERY = 2000;
const SLOW = 4000; // whoever waits longer for an act's answer is told so

export async function show(node) {
  const { apel } = await get("/v1/board");
  node.append(el("h1", {}, "Giliran"));
  if (!apel) return void node.append(el("p", { className: "state" }, "Belum ada apel. Jadwalkan dahulu, atau tunggu apel berikutnya."));
  const server = await get("/v1/me/today").then(
    (today) => Date.parse(today.server_time),
    () => Date.now(),
  );
  const running = new Console(node, apel.id, server - Date.now());
  try {
    await running.refresh();
  } catch (error) {
    running.stop();
    throw error;
  }
  running.home();
  return () => running.stop();
}

class Console {
  constructor(node, apelId, ahead) {
    Object.assign(this, { path: `/v1/apel/${apelId}`, ahead, tag: null, turns: null, board: null, busy: false, looking: false, acts: 0 });
    this.conduct = new Conduct(this);
    this.missing = new Missing();
    this.list = new TurnList(this);
    this.parts = this.build();
    this.frame = el(
      "div",
      { className: "console", tabIndex: -1, on: { keydown: (event) => this.key(event) } },
      this.conduct.node,
      this.parts.now,
      this.parts.keys,
      this.parts.note,
      this.parts.spoken,
    );
    this.node = node;
    node.append(once(this.frame), el("div", { className: "pair" }, this.list.node, this.missing.node));
    this.timers = [setInterval(() => this.tick(), 1000), setInterval(() => document.hidden || this.look(), EVERY)];
  }

  stop() {
    this.timers.forEach(clearInterval);
  }

  build() {
    const parts = {
      code: el("p", { className: "code" }),
      name: el("p", { className: "name" }),
      timer: el("p", { className: "timer", role: "timer", ariaLabel: "Lama giliran" }),
      written: el("p", { className: "written" }),
      next: el("ol", { className: "next" }),
      note: el("p", { className: "note", role: "alert" }),
      spoken: el("div"),
    };
    parts.now = el(
      "section",
      { className: "now", ariaLabel: "Giliran sekarang" },
      el("div", {}, parts.code, parts.name, parts.written),
      parts.timer,
      el("div", { className: "following" }, el("p", { className: "quiet" }, "Berikutnya"), parts.next),
    );
    const big = (key, title, run, main) =>
      el("button", { type: "button", className: main ? "big main" : "big", on: { click: run } }, el("span", {}, title), el("kbd", {}, key));
    this.press = {
      next: big("spasi / n", "Panggil berikut", () => this.next(), true),
      written: big("a", "Sesuai laporan", () => this.act("answer", { as_written: true })),
      spoken: big("i", "Isi terucap", () => this.openSpoken()),
      none: big("x", "Tidak menjawab", () => this.act("no-answer")),
      recall: big("p", "Panggil ulang", () => this.act("recall")),
    };
    parts.keys = el("div", { className: "big-keys" }, Object.values(this.press));
    return parts;
  }

  // Letters act while the focus is in the console and nobody types; a focused button keeps its own space bar.
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.matches("input, textarea, select")) return;
    const run =
      { n: this.press.next, a: this.press.written, i: this.press.spoken, x: this.press.none, p: this.press.recall }[event.key] ??
      (event.key === " " && !event.target.matches("button") ? this.press.next : null);
    if (!run) return;
    event.preventDefault();
    run.focus();
    if (!run.disabled) run.click();
  }

  async look() {
    if (this.looking) return;
    this.looking = true;
    try {
      const answer = await call(`${this.path}/board`, { headers: this.tag ? { "if-none-match": this.tag } : {} });
      this.reached();
      if (answer.status !== 304) await this.refresh(answer);
    } catch (error) {
      this.lost(error);
    } finally {
      this.looking = false;
    }
  }

  // What was asked before an act is older than the act's own answer, and is left out.
  async refresh(known) {
    const { acts } = this;
    const board = known ?? (await call(`${this.path}/board`));
    const [turns, missing, apel] = await Promise.all([get(`${this.path}/turns`), get(`${this.path}/reports/missing`), call(this.path)]);
    if (acts !== this.acts) return;
    Object.assign(this, { tag: board.etag, board: board.body });
    this.conduct.draw(apel.body, apel.etag);
    this.missing.draw(missing);
    this.take(turns);
  }

  reached() {
    this.seen = Date.now();
    if (this.cut) this.tell("");
    this.cut = false;
  }

  lost(error) {
    this.cut = true;
    this.tell(`${words(error)} Data per ${place.clock.seconds((this.seen ?? Date.now()) + this.ahead)}.`);
  }

  tell(said) {
    this.parts.note.textContent = said;
  }

  get now() {
    return this.turns?.items.find((one) => one.opd_code === this.turns.current) ?? null;
  }

  take(turns) {
    const before = this.turns?.current;
    const inside = this.node.contains(document.activeElement);
    this.turns = turns;
    const { now, parts } = this;
    const row = this.board.opd.find((one) => one.opd_code === turns.current);
    parts.code.textContent = now ? now.short_name : "Belum dimulai";
    parts.name.textContent = now
      ? `${now.name}${now.state === "called" ? "" : ` – ${stateOf(now)}`}`
      : "Panggil OPD pertama bila pemimpin apel siap.";
    parts.written.textContent = row ? writtenOf(row) : "";
    parts.next.replaceChildren(...turns.next.map((code) => this.following(code)));
    if (!turns.next.length) parts.next.replaceChildren(el("li", {}, "Semua sudah dipanggil."));
    this.press.next.disabled = !turns.next.length;
    for (const key of ["written", "spoken", "none", "recall"]) this.press[key].disabled = !now;
    this.list.draw(turns);
    this.tick();
    // A key that can't be pressed any more gives the focus to the console, where the letters go on working.
    if (inside && (document.activeElement === document.body || document.activeElement.disabled)) this.frame.focus();
    if (before !== undefined && turns.current !== before && now) say(`Giliran ${now.short_name}.`);
  }

  following(code) {
    const { short_name: name, weeks_not_called: weeks } = this.turns.items.find((one) => one.opd_code === code);
    return el("li", {}, name, weeks > 1 ? el("span", { className: "tag look" }, `${weeks} minggu tidak dipanggil`) : null);
  }

  tick() {
    const { now } = this;
    const seconds = now?.state === "called" ? Math.max(0, Math.floor((Date.now() + this.ahead - Date.parse(now.called_at)) / 1000)) : null;
    this.parts.timer.textContent =
      seconds === null ? "–" : `${String(Math.floor(seconds / 60)).padStart(2, "0")}.${String(seconds % 60).padStart(2, "0")}`;
    this.conduct.tick(Date.now() + this.ahead);
  }

  next() {
    return this.send(() => put("POST", `${this.path}/turns/next`, { after: this.turns.current }));
  }

  // About the OPD that the operator saw: whoever is called meanwhile gets nobody else's word.
  act(action, body, code = this.now?.opd_code) {
    if (!code) return null;
    return this.send(() => put("POST", `${this.path}/turns/${code}/${action}`, body), code);
  }

  call(code) {
    return this.act("call", undefined, code);
  }

  recall(code) {
    return this.act("recall", undefined, code);
  }

  // One word at a time; what somebody else did meanwhile is told and shown, never done over.
  async send(run, about = null) {
    if (this.busy) return false;
    this.busy = true;
    const slow = setTimeout(() => this.tell("Masih mengirim; sambungannya lambat…"), SLOW);
    try {
      const turns = await run();
      this.acts += 1;
      this.take(turns);
      this.tell(this.elsewhere(about));
      this.closeSpoken();
      return true;
    } catch (error) {
      this.acts += 1;
      await this.refused(error);
      return false;
    } finally {
      clearTimeout(slow);
      this.busy = false;
    }
  }

  // What was written down about an OPD whose turn is over already.
  elsewhere(about) {
    if (!about || about === this.turns.current) return "";
    const { short_name: name } = this.turns.items.find((one) => one.opd_code === about);
    return `Tercatat untuk ${name}. Giliran sekarang: ${this.now.short_name}.`;
  }

  async refused(error) {
    this.tell(words(error));
    // Where nobody answers the next look shows what was kept.
    if (!(error instanceof Problem)) return;
    await this.refresh().catch(() => {});
    if (error.code === "turn-moved") this.tell(`Operator lain sudah memanggil ${this.now?.short_name ?? "OPD lain"}; tidak ada yang terlewat.`);
  }

  // Where the letters work: the first key, or the console while that key can't be pressed.
  home() {
    (this.press.next.disabled ? this.frame : this.press.next).focus();
  }

  openSpoken() {
    if (!this.now) return;
    const row = this.board.opd.find((one) => one.opd_code === this.turns.current);
    const { opd_code: code } = this.now;
    const form = spokenForm(
      this.now,
      row,
      (figures) => this.act("answer", figures, code),
      () => this.closeSpoken(),
    );
    this.parts.spoken.replaceChildren(form);
    form.querySelector("input").focus();
  }

  closeSpoken() {
    const inside = this.parts.spoken.contains(document.activeElement);
    this.parts.spoken.replaceChildren();
    if (inside) this.home();
  }
}

const stateOf = (turn) =>
  ({
    answered: turn.as_written ? "menjawab, sesuai laporan" : "menjawab",
    no_answer: "tidak menjawab",
    called: "dipanggil",
    waiting: "menunggu",
  })[turn.state];

function writtenOf({ figures, report }) {
  if (report.state === "missing") return "Laporan tertulis belum masuk.";
  const excused = Object.entries(figures.excused)
    .map(([code, number]) => `${code === "other" ? "lain" : code} ${number}`)
    .join(" · ");
  const wfa = figures.present.wfa ? ` (WFA ${figures.present.wfa})` : "";
  return `Tertulis: ${figures.strength} wajib · ${figures.present.wfo + figures.present.wfa} hadir${wfa}${excused ? ` · ${excused}` : ""}`;
}
