// The wall: one apel as it is now, pushed by the service; counts only, no names but those of heads.
import { ZONE_NAMES, clockOf, count, el, percent, points } from "/bagian/base.js";
import { bearer, enter, leave, resume } from "/bagian/session.js";

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const theme = asked.get("tema");
if (theme === "gelap" || theme === "terang") document.documentElement.dataset.theme = theme;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 700px)");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const one = asked.get("apel");
const BOARD = /^[0-9a-f-]{36}$/.test(one ?? "") ? `/v1/apel/${one}/board` : "/v1/board";

// ——— Texts into nodes: only what differs is touched, so that a week of frames makes no garbage. ———

function put(node, text) {
  if (node.textContent === text) return false;
  node.textContent = text;
  return true;
}
// A number that changed rolls in; it never shows a value that was not so.
function roll(node, text) {
  const first = node.textContent === "";
  if (!put(node, text)) return;
  if (node.parentNode?.matches(".cell, .ratio")) fitLater(node, node.parentNode);
  if (first || calm.matches) return;
  node.animate([{ translate: "0 -.3em", opacity: 0.2 }, { translate: "none", opacity: 1 }], { duration: 300, easing: "ease-out" });
}
// The edge says "this changed": it glows once, or stands for three seconds where motion is not wanted.
function glow(node) {
  const [edge, none] = ["0 0 0 .2rem var(--mark)", "0 0 0 .2rem transparent"];
  node.animate([{ boxShadow: edge }, { boxShadow: calm.matches ? edge : none }], { duration: calm.matches ? 3000 : 600, easing: "ease-in" });
}
const set = (node, name, value) => { if (node.dataset[name] !== value) node.dataset[name] = value; };
const show = (node, shown) => { if (node.hidden === shown) node.hidden = !shown; };
const text = (className, words = "", name = "span") => el(name, { className }, words);
// What people typed stays in its own line and direction.
const typed = (className, words = "", name = "span") => el(name, { className: `typed ${className}` }, words);

function mark(kind) {
  const [svg, use] = ["svg", "use"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "mark");
  svg.append(use);
  drawMark(svg, kind);
  return svg;
}
function drawMark(svg, kind) {
  const href = `#mark-${kind}`;
  if (svg.firstChild.getAttribute("href") !== href) svg.firstChild.setAttribute("href", href);
}
const NBSP = "\u00a0";
const listed = ({ other, ...codes }) => [...Object.entries(codes), ["lain", other]].filter(([, number]) => number).map(([code, number]) => `${code}${NBSP}${count(number)}`).join(`${NBSP}· `);
const summed = (numbers) => Object.values(numbers).reduce((total, number) => total + number, 0);
const signed = (delta) => `${delta > 0 ? "+" : delta < 0 ? "−" : "±"}${points(Math.abs(delta))} poin`;
// 75 s → 01.15, 4000 s → 1.06.40
function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return `${hours ? `${hours}.` : ""}${two(minutes)}.${two(rest)}`;
}

// ——— Time: the service's, wherever this screen is and whatever its own clock says. ———

let [base, since] = [Date.now(), performance.now()];
let known = false;
let zone = null;
let local = clockOf("Asia/Makassar");
const now = () => base + performance.now() - since;
function tellTime(at, exactly) {
  // A header's whole second moves the clock only when it is really wrong.
  if (Number.isNaN(at) || (known && !exactly && Math.abs(at + 500 - now()) < 1500)) return;
  [base, since, known] = [exactly ? at : at + 500, performance.now(), true];
}
function keepZone(name) {
  if (name === zone) return;
  zone = name;
  local = clockOf(name);
  put($("zone"), ZONE_NAMES[name] ?? "");
}

// ——— Who looks: a paired screen, or somebody who is signed in. ———

class SignedOut extends Error {}
class NoStream extends Error {}
class NotAllowed extends Error {}
let caller = null;
const person = (me) => ({ me, token: bearer, renew: resume, countsOnly: false });
let screenToken = null;
const screen = (state) => {
  screenToken = state.access_token;
  return { me: null, name: state.name, token: () => screenToken, countsOnly: state.counts_only, renew: async () => renewScreen(await askScreen()) };
};
function renewScreen(state) {
  if (state?.state !== "paired") return false;
  [screenToken, caller.countsOnly] = [state.access_token, state.counts_only];
  return true;
}
// How far this screen is; null when the service does not know it (any more).
async function askScreen(path = "/v1/screens/session") {
  const answer = await fetch(path, { method: "POST", cache: "no-store", headers: { "accept-language": "id" } });
  tellTime(Date.parse(answer.headers.get("date") ?? ""), false);
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`screens: ${answer.status}`);
  return answer.json();
}
const memory = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* a browser that keeps nothing */ } },
};

const isProblem = (answer) => Boolean(answer.headers.get("content-type")?.startsWith("application/problem+json"));
async function get(path, headers = {}, signal = undefined) {
  for (let again = false; ; again = true) {
    const authorization = `Bearer ${caller.token()}`;
    const answer = await fetch(path, { cache: "no-store", signal, headers: { "accept-language": "id", authorization, ...headers } });
    tellTime(Date.parse(answer.headers.get("date") ?? ""), false);
    // A proxy's own refusal is not the service's word.
    if (answer.status === 403 && isProblem(answer)) throw new NotAllowed();
    if (answer.status !== 401) return answer;
    if (again || !(await caller.renew())) throw new SignedOut();
  }
}

async function admit() {
  if (memory.get("papan") === "layar" || asked.has("layar")) return pair();
  if (await resume()) return person(await enter($("door"), "Papan apel"));
  const state = await askScreen();
  return state?.state === "paired" ? screen(state) : openDoor();
}
function openDoor() {
  const place = el("div");
  const chosen = new Promise((done) => {
    const button = el("button", { type: "button", on: { click: done } }, "Pasang di layar ini");
    const words = "Layar dinding memperoleh kode, dan operator Kominfosandi memasukkannya.";
    $("door").replaceChildren(place, el("div", { className: "signin" }, text("quiet", words, "p"), button));
  });
  return Promise.race([enter(place, "Papan apel").then(person), chosen.then(pair)]);
}
async function pair() {
  memory.set("papan", "layar");
  const [code, note] = [text("code"), text("quiet", "", "p")];
  const back = el("button", { type: "button", on: { click: () => { memory.set("papan", ""); location.replace("/papan"); } } }, "Masuk dengan akun saja");
  for (let state, wait = 3000; ; await pause(wait)) {
    try {
      state = (await askScreen()) ?? (await askScreen("/v1/screens/pairings"));
      wait = 3000;
    } catch {
      [state, wait] = [null, Math.min(wait * 2, 30_000)];
      put(note, "Layanan belum dapat memberi kode. Dicoba lagi.");
    }
    if (state?.state === "paired") return screen(state);
    if (!state) continue;
    put(note, `Kode berlaku sampai ${local.time(state.code_expires_at)}; sesudah itu muncul kode baru.`);
    if (put(code, `${state.code.slice(0, 3)} ${state.code.slice(3)}`)) {
      const words = [text("big", "Pasangkan layar ini", "h2"), text("quiet", "Operator Kominfosandi memasukkan kode ini:", "p")];
      $("door").replaceChildren(el("div", { className: "pairing" }, words, el("p", {}, code), note, back));
      say(`Kode layar: ${[...state.code].join(" ")}`);
    }
  }
}

// ——— The line to the service: a stream; where a proxy lets none through, questions every two seconds. ———

let board = null;
let [heard, heardAt] = [-Infinity, 0];
let [lastId, etag] = [null, null];
const OLD = 10_000; // from here on the wall says how old its data are
const SILENT = 12_000; // the service gives a sign of life every five seconds
function hear() { [heard, heardAt] = [performance.now(), now()]; }

async function follow() {
  const control = new AbortController();
  let guard = setTimeout(() => control.abort(), SILENT);
  const began = performance.now();
  try {
    const answer = await get(`${BOARD}/stream`, { accept: "text/event-stream", ...(lastId ? { "last-event-id": lastId } : {}) }, control.signal);
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/event-stream")) throw new NoStream();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { value, done } = await reader.read();
      if (done) break;
      clearTimeout(guard);
      guard = setTimeout(() => control.abort(), SILENT);
      const events = (rest + value).split(/\r?\n\r?\n/);
      rest = events.pop();
      for (const event of events) if (take(event) === "leave") return;
    }
    if (performance.now() - began < SILENT) throw new Error("cut off");
  } finally {
    clearTimeout(guard);
    control.abort();
  }
}
function take(event) {
  const told = { event: "message", data: [] };
  for (const line of event.split(/\r?\n/)) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === "data") told.data.push(value);
    else if (name) told[name] = value;
  }
  if (told.event === "clock") tellTime(Date.parse(JSON.parse(told.data.join("\n")).now), true);
  hear();
  if (told.event === "board") {
    lastId = told.id ?? lastId;
    receive(JSON.parse(told.data.join("\n")));
  }
  return told.event;
}
async function poll(until) {
  do {
    const answer = await get(BOARD, etag ? { "if-none-match": etag } : {}, AbortSignal.timeout(SILENT));
    if (!answer.ok && answer.status !== 304) throw new Error(`board: ${answer.status}`);
    if (answer.ok) {
      const fresh = await answer.json();
      etag = answer.headers.get("etag");
      hear();
      receive(fresh);
    }
    hear();
    await pause(2000);
  } while (performance.now() < until);
}
// Lives as long as the caller may look; then throws SignedOut or NotAllowed.
async function live() {
  for (let failed = 0; ;) {
    try {
      await follow();
      failed = 0;
      await pause(300 * Math.random());
    } catch (error) {
      if (error instanceof SignedOut || error instanceof NotAllowed) throw error;
      failed += 1;
      const alone = error instanceof NoStream || failed > 2;
      try {
        await poll(performance.now() + (alone ? 60_000 : 0));
      } catch (again) {
        if (again instanceof SignedOut || again instanceof NotAllowed) throw again;
        await pause(Math.min(8000, 500 * 2 ** failed) * (0.5 + Math.random()));
      }
    }
  }
}

// ——— What is shown: totals, stage, tiles, foot. Everything is made once and kept. ———

const cell = (label) => {
  const [number, detail] = [text("number"), text("detail")];
  return { number, detail, node: el("div", { className: "cell" }, text("label", label), number, detail) };
};
const BAR = { wfo: "hadir WFO", wfa: "hadir WFA", excused: "berketerangan", unexplained: "tanpa keterangan", rest: "belum dilaporkan" };
const totals = {
  rate: text("rate"), of: text("number"), caption: text("label", "hadir dari yang wajib hadir"), all: text("detail"),
  wfo: cell("Hadir WFO"), wfa: cell("Hadir WFA"), excused: cell("Berketerangan"), unexplained: cell("Tanpa keterangan"), silent: cell("Belum lapor"),
  bar: Object.fromEntries(Object.keys(BAR).map((name) => [name, el("i", { data: { part: name } })])),
  trend: el("div", { className: "trend" }),
};
const barBox = el("div", { className: "bar", role: "img" }, Object.values(totals.bar));
$("totals").append(
  el("div", { className: "share" }, totals.rate, el("div", { className: "ratio" }, totals.caption, totals.of, totals.all)),
  el("div", { className: "cells" }, [totals.wfo, totals.wfa, totals.excused, totals.unexplained, totals.silent].map((made) => made.node)),
  barBox,
  totals.trend,
);
const silentUnits = ({ connected, never_connected: never, blank_spot: blank }) => connected + never + blank;

function drawTotals({ totals: told, apel }) {
  const { duty_rate: duty, rate, present, excused } = told;
  if (totals.rate.textContent !== percent(duty)) fitLater(totals.rate, totals.rate);
  roll(totals.rate, percent(duty));
  roll(totals.of, rate.denominator ? `${count(duty.numerator)}\u2009/\u2009${count(duty.denominator)}` : "–");
  put(totals.all, rate.percent === null ? `${count(told.strength)} pegawai, belum ada laporan` : `dari semua ${percent(rate)} (${count(rate.numerator)} / ${count(rate.denominator)})`);
  roll(totals.wfo.number, count(present.wfo));
  roll(totals.wfa.number, count(present.wfa));
  roll(totals.excused.number, count(summed(excused)));
  if (put(totals.excused.detail, listed(excused))) tightenLater(totals.excused.detail);
  roll(totals.unexplained.number, count(told.unexplained));
  put(totals.unexplained.detail, told.pending ? `sesudah ${local.time(apel.report_deadline)}` : told.disputed ? `${count(told.disputed)} perlu diputuskan` : "");
  roll(totals.silent.number, count(silentUnits(told.not_reported)));
  // Who was seen though the OPD is silent counts as present, but in no percentage yet.
  const seen = Math.max(0, present.wfo + present.wfa - rate.numerator);
  put(totals.silent.detail, `OPD · ${count(told.people_not_reported || (rate.excluded.BL ?? 0))} orang${seen ? ` +${NBSP}${count(seen)} terlihat` : ""}`);
  const parts = { ...present, excused: summed(excused), unexplained: told.unexplained ?? 0 };
  parts.rest = Math.max(0, told.strength - summed(parts));
  for (const [name, node] of Object.entries(totals.bar)) if (node.style.flexGrow !== String(parts[name])) node.style.flexGrow = parts[name];
  const words = Object.entries(BAR).map(([name, label]) => `${label} ${count(parts[name])}`).join(", ");
  if (barBox.getAttribute("aria-label") !== words) barBox.setAttribute("aria-label", words);
}

// The rates of the last Mondays as a line, newest at the right, with the first and last in figures.
const drawn = { trend: "" };
function drawTrend(place, { apel, totals: told, trend }) {
  const latest = told.pending ? [] : [{ date: apel.date, rate: told.rate }];
  const shown = [...latest, ...trend].filter((point) => point.rate.percent !== null).reverse();
  const key = `${place.parentNode.id}${shown.map((point) => `${point.date} ${point.rate.percent}`).join()}`;
  if (drawn.trend === key) return;
  drawn.trend = key;
  if (shown.length < 2) return place.replaceChildren();
  const values = shown.map((point) => point.rate.percent);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const spots = values.map((value, at) => [4 + (at * 192) / (values.length - 1), 44 - ((value - low) / (high - low || 1)) * 36]);
  const make = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const svg = make("svg", { viewBox: "0 0 200 52", role: "img", "aria-label": `Persentase hadir ${shown.length} apel terakhir` });
  svg.append(make("polyline", { points: spots.map((spot) => spot.join()).join(" "), fill: "none", stroke: "currentColor", "stroke-width": 2.5 }));
  const [x, y] = spots.at(-1);
  svg.append(make("circle", { cx: x, cy: y, r: 4, fill: "currentColor" }));
  const label = (point) => text("detail", `${local.short(point.date)} ${percent(point.rate)}`);
  place.replaceChildren(text("label", `${shown.length} apel terakhir, dari semua`), svg, el("p", {}, label(shown[0]), label(shown.at(-1))));
}

// ——— The stage: one panel at a time, the one that the moment asks for. ———

const panel = (name, ...children) => el("div", { className: "panel", data: { panel: name }, hidden: true }, children);
const big = () => text("number");

const ready = { label: text("label", "", "h2"), count: text("rate"), words: typed("line", "", "p"), rooms: text("line strong", "", "p"), more: text("detail", "", "p"), lights: el("ul", { className: "lights" }), lightsTitle: text("label", "Kesiapan", "h3") };
ready.node = panel("ready", el("div", {}, ready.label, ready.count, ready.words, ready.rooms, ready.more), ready.check = el("div", { className: "check" }, ready.lightsTitle, ready.lights));

const coming = { label: text("label", "", "h2"), leader: typed("line", "", "p"), rooms: cell("Ruang terhubung"), reports: cell("Laporan masuk"), deadline: cell("Tenggat laporan") };
coming.node = panel("coming", el("div", {}, coming.label, coming.leader), el("div", { className: "cells" }, coming.rooms.node, coming.reports.node, coming.deadline.node));

const turn = { label: text("label", "Giliran", "h2"), name: typed("number", "", "p"), timer: el("span", { className: "number", role: "timer" }), state: text("detail"), figures: text("line", "", "p"), head: typed("line", "", "p"), spoken: cell("Terucap"), sign: text("number sign"), written: cell("Tertulis"), match: text("detail", "", "p"), following: text("following"), weeks: text("weeks") };
turn.node = panel("turn",
  el("div", { className: "top" }, turn.label, turn.state),
  el("div", { className: "name" }, turn.name), turn.timer,
  el("div", { className: "who" }, turn.figures, turn.head, el("p", { className: "line next" }, turn.following, turn.weeks)),
  el("div", { className: "words" }, el("div", { className: "pair" }, turn.spoken.node, turn.sign, turn.written.node), turn.match));

const SPLIT = { connected: "Terhubung, belum lapor", never: "Tidak pernah terhubung", blank: "Blank spot", phoned: "Lapor lewat telepon" };
const split = { label: text("label", "", "h2"), parts: Object.fromEntries(Object.entries(SPLIT).map(([name, label]) => [name, cell(label)])) };
split.node = panel("split", split.label, el("div", { className: "cells" }, Object.values(split.parts).map((made) => made.node)));

const closing = { label: text("label", "", "h2"), like: cell("OPD yang sama, dibanding apel lalu"), best: cell("Paling naik"), moves: text("detail", "", "p"), trend: el("div", { className: "trend" }) };
closing.node = panel("closing", closing.label, el("div", { className: "cells" }, closing.like.node, closing.best.node, closing.trend), closing.moves);

const empty = { label: text("big", "Belum ada apel yang dijadwalkan.", "h2"), words: text("line", "Papan ini terisi sendiri begitu apel dijadwalkan.", "p") };
empty.node = panel("empty", empty.label, empty.words);

const panels = { ready, coming, turn, split, closing, empty };
$("stage").append(...Object.values(panels).map((made) => made.node));

function momentOf({ apel, totals: told, turn: turns }) {
  if (!apel) return "empty";
  if (apel.state === "final") return "closing";
  if (apel.state === "scheduled") return "ready";
  if (apel.state === "open") return turns?.current ? "turn" : "coming";
  return told ? "split" : "empty";
}
const HEAD = { H: "hadir", TK: "tanpa keterangan", excused: "berhalangan", BL: "belum dilaporkan" };
const headWords = (head) => (head ? `Kepala: ${head.title === "definitif" ? "" : `${head.title} `}${head.name} – ${head.status === "H" && head.mode === "wfa" ? "hadir (WFA)" : (HEAD[head.status] ?? "belum diketahui")}` : "Kepala: belum terdaftar");
function figureWords({ figures, report }) {
  const { strength, present, excused, unexplained } = figures;
  if (report.state === "missing") return `${count(strength)} pegawai · laporan ${report.partial ? "sebagian" : "belum masuk"}`;
  const here = `${count(present.wfo + present.wfa)} hadir${present.wfa ? ` (${count(present.wfa)} WFA)` : ""}`;
  const rest = unexplained === null ? summed({ strength, a: -present.wfo, b: -present.wfa, c: -summed(excused) }) : unexplained;
  const open = rest ? `${unexplained === null ? "belum ada keterangan" : "tanpa keterangan"} ${count(rest)}` : "";
  return [`${count(strength)} pegawai`, here, listed(excused), open].filter(Boolean).join(" · ");
}

const connected = (opd) => opd.filter((row) => row.connection.state === "connected").length;

const draw = {
  empty: () => {},
  ready({ apel, totals: told, opd }) {
    const leads = apel.led_by ? `dipimpin ${apel.led_by}` : null;
    put(ready.words, [apel.title, leads].filter(Boolean).join(" · "));
    const there = connected(opd);
    put(ready.rooms, there ? `Ruang terhubung: ${count(there)} dari ${count(opd.length)}` : "");
    put(ready.more, [opd.length ? `${count(opd.length)} OPD` : null, told?.strength ? `${count(told.strength)} pegawai` : null, `tenggat laporan ${local.time(apel.report_deadline)}${movedWords(apel.report_deadline_planned)}`].filter(Boolean).join(" · "));
    show(ready.check, seesReadiness());
  },
  coming({ apel, totals: told, opd, evidence_health: health }) {
    put(coming.leader, apel.led_by ? `Dipimpin ${apel.led_by}` : "");
    const there = connected(opd);
    show(coming.rooms.node, opd.length > 0 || Boolean(health));
    roll(coming.rooms.number, opd.length ? `${count(there)} / ${count(opd.length)}` : count(health?.rooms));
    const missing = opd.filter((row) => row.report.state === "missing").length;
    roll(coming.reports.number, opd.length ? `${count(opd.length - missing)} / ${count(opd.length)}` : `${count(told.rate.denominator)}`);
    put(coming.reports.detail, opd.length ? "OPD" : "orang dilaporkan");
    roll(coming.deadline.number, local.time(apel.report_deadline));
  },
  turn({ apel, opd, turn: turns }) {
    const rows = new Map(opd.map((row) => [row.opd_code, row]));
    const row = rows.get(turns.current);
    if (!row) return;
    if (put(turn.name, row.name)) {
      glow(turn.node);
      fit(turn.name, turn.name.parentNode);
    }
    put(turn.figures, figureWords(row));
    put(turn.head, headWords(row.head));
    const { spoken_present: spoken, written_present: compared, as_written: same, state } = row.turn;
    const reported = row.report.state !== "missing";
    const written = compared ?? (reported ? row.figures.present.wfo + row.figures.present.wfa : null);
    roll(turn.spoken.number, same ? count(written) : count(spoken));
    roll(turn.written.number, count(written));
    const differs = spoken !== null && written !== null && spoken !== written;
    put(turn.sign, differs ? "≠" : same || (spoken !== null && written !== null) ? "=" : "·");
    set(turn.node, "differs", String(differs));
    put(turn.match, differs ? `Berbeda ${count(Math.abs(spoken - written))} orang – perlu diperiksa` : same ? "Diucapkan sesuai yang tertulis" : state === "no_answer" ? "Tidak menjawab" : state === "answered" ? "Terucap sama dengan tertulis" : "Menunggu diucapkan");
    put(turn.following, turns.next.length ? `Berikut: ${turns.next.join(" · ")}` : "Tidak ada lagi yang menunggu giliran");
    put(turn.weeks, weeksWords(turns.next.map((code) => rows.get(code))));
  },
  split({ apel, totals: told, opd }) {
    put(split.label, told.pending ? `Apel ditutup ${local.time(apel.held_to ?? apel.ends_at)} – laporan masih diterima` : `Tenggat ${local.time(apel.report_deadline)} lewat – yang belum lapor:`);
    const { connected, never_connected: never, blank_spot: blank, phoned_in: phoned } = told.not_reported;
    const silent = opd.filter((row) => row.report.state === "missing");
    const kind = (row) => (row.connection.state !== "never" ? "connected" : row.connectivity !== "good" ? "blank" : "never");
    const codes = { phoned: opd.filter((row) => row.report.channel && row.report.channel !== "app") };
    for (const name of ["connected", "never", "blank"]) codes[name] = silent.filter((row) => kind(row) === name);
    for (const [name, number] of Object.entries({ connected, never, blank, phoned })) {
      roll(split.parts[name].number, count(number));
      put(split.parts[name].detail, codes[name].map((row) => row.opd_code).join(" · "));
    }
  },
  closing({ apel, totals: told, trend, final }) {
    put(closing.label, `Selesai – hasil final ${final ? local.day(final.at) : local.date(apel.date)}`);
    const like = final?.like_for_like;
    roll(closing.like.number, like ? signed(like.delta_points) : "–");
    put(closing.like.detail, like ? `${count(like.opd)} OPD: ${percent(like.rate)}, ${local.short(like.date)} ${percent(like.earlier)}` : "belum ada apel sebelumnya");
    const [first, ...others] = caller.countsOnly ? [] : (final?.most_improved ?? []);
    show(closing.best.node, Boolean(first));
    roll(closing.best.number, first ? first.opd_code : "–");
    put(closing.best.detail, [first && signed(first.delta_points), ...others.map((unit) => `${unit.opd_code} ${signed(unit.delta_points)}`)].filter(Boolean).join(" · "));
    put(closing.moves, final?.moves ? `${count(final.moves)} perubahan sejak final` : "Tidak ada perubahan sejak final");
    drawTrend(closing.trend, { apel, totals: told, trend });
  },
};
function weeksWords(rows) {
  const long = rows.filter((row) => row?.turn.weeks_not_called > 1).map((row) => `${row.opd_code} ${row.turn.weeks_not_called} pekan`);
  return long.length ? ` tidak dipanggil: ${long.join(", ")}` : "";
}

// What was moved since the day began is told with what it was: the service knows, however young this screen is.
const movedWords = (planned) => (planned ? ` (dipindah, semula ${local.time(planned)})` : "");

// ——— Tiles ———

const WORDS = { "not-reported": "belum lapor", "not-reported-blank-spot": "blank spot", "part-missing": "sebagian", returned: "perbaiki" };
const CHANNELS = { phone: "telepon", wa: "lewat WA", radio: "radio", paper: "kertas" };
// [look, mark, word]: a state is never told by its colour alone.
function standing({ light, reasons, report, connection, connectivity }) {
  const first = WORDS[reasons[0]?.code];
  if (light === "red") return ["bad", "bad", first ?? "masalah"];
  if (light === "yellow") return ["look", "look", first ?? "periksa"];
  if (light === "green") return ["good", "good", report.state === "late" ? "lambat" : (CHANNELS[report.channel] ?? "lapor")];
  if (light === "blue") return ["room", "room", connection.state === "left" ? "terputus" : "terhubung"];
  return connectivity === "good" ? ["wait", "wait", "menunggu"] : ["blank", "blank", "blank spot"];
}
const tiles = new Map();
function makeTile(code) {
  const tile = { code: text("code", code), name: typed("name"), mark: mark("wait"), word: text("word"), rate: text("rate"), notes: text("notes"), fill: el("i") };
  tile.node = el("button", { type: "button", className: "tile", data: { code } }, el("span", { className: "first" }, el("span", { className: "room" }, tile.code), tile.notes), tile.name, el("span", { className: "second" }, tile.mark, tile.word, tile.rate), el("span", { className: "thin" }, tile.fill));
  tile.item = el("li", {}, tile.node);
  tile.told = "";
  return tile;
}
const differs = ({ turn: told }) => told.spoken_present !== null && told.written_present !== null && told.spoken_present !== told.written_present;

function drawTile(tile, row, board) {
  const [look, shape, word] = standing(row);
  const { rate, present, strength } = row.figures;
  const reported = row.report.state !== "missing";
  const share = reported && rate.percent !== null ? rate.percent : 0;
  const found = summed(row.findings);
  const notes = [differs(row) ? "≠" : "", found ? `△${found}` : "", row.report.state === "verified" ? "✓✓" : ""].filter(Boolean).join(" ");
  const rated = reported ? (rate.percent === 100 ? "100" : points(rate.percent)) : "";
  const current = board.turn?.current === row.opd_code && board.apel.state === "open";
  const told = [look, word, rated, notes, strength, row.connection.state].join("|");
  const changed = tile.told !== "" && tile.told !== told;
  tile.told = told;
  set(tile.node, "look", look);
  set(tile.node, "turn", String(current));
  set(tile.node, "own", String(own.has(row.opd_code)));
  put(tile.name, row.name);
  put(tile.word, word);
  if (put(tile.notes, notes)) fitCode(tile);
  roll(tile.rate, rated);
  drawMark(tile.mark, shape);
  const width = `${share}%`;
  if (tile.fill.style.width !== width) tile.fill.style.width = width;
  const figures = reported ? `, hadir ${count(present.wfo + present.wfa)} dari ${count(strength)}, ${percent(rate)}` : "";
  const label = `${row.opd_code}, ${row.name}: ${word}${figures}${differs(row) ? ", terucap berbeda dari tertulis" : ""}${found ? `, ${found} temuan` : ""}${current ? ", sedang giliran" : ""}. Buka rincian`;
  if (tile.node.getAttribute("aria-label") !== label) tile.node.setAttribute("aria-label", label);
  if (changed) glow(tile.node);
}
const own = new Set();
let order = "";
function drawTiles(board) {
  const rows = narrow.matches ? [...board.opd].sort((a, b) => own.has(b.opd_code) - own.has(a.opd_code)) : board.opd;
  for (const row of rows) if (!tiles.has(row.opd_code)) tiles.set(row.opd_code, makeTile(row.opd_code));
  const wanted = rows.map((row) => row.opd_code).join();
  if (order !== wanted) {
    order = wanted;
    const codes = new Set(rows.map((row) => row.opd_code));
    for (const code of tiles.keys()) if (!codes.has(code)) tiles.delete(code);
    $("tiles").replaceChildren(...rows.map((row) => tiles.get(row.opd_code).item));
    const columns = Math.max(5, Math.ceil(rows.length / 6));
    $("tiles").style.setProperty("--columns", columns);
    requestAnimationFrame(fitAll);
  }
  for (const row of rows) drawTile(tiles.get(row.opd_code), row, board);
}
// A long name is set narrower rather than cut or smaller.
function fit(node, room) {
  node.style.transform = "";
  const style = getComputedStyle(room);
  const width = room.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
  if (node.scrollWidth > width && width > 0) node.style.transform = `scaleX(${Math.max(0.6, width / node.scrollWidth)})`;
}
// Every code shows: many of them in smaller letters.
function tighten(node) {
  set(node, "tight", "false");
  set(node, "tight", String(node.scrollHeight > node.clientHeight + 1));
}
const tightenLater = (node) => requestAnimationFrame(() => tighten(node));
const fitLater = (node, room) => requestAnimationFrame(() => fit(node, room));
const fitCode = ({ code }) => fitLater(code, code.parentNode);
function fitAll() {
  for (const tile of tiles.values()) fitCode(tile);
  fit(turn.name, turn.name.parentNode);
  for (const number of document.querySelectorAll(".cell > .number, .ratio > .number")) fit(number, number.parentNode);
  fit(totals.rate, totals.rate);
  tighten(totals.excused.detail);
}
addEventListener("resize", fitAll);
narrow.addEventListener("change", () => { if (board) drawTiles(board); });
$("tiles").addEventListener("click", (event) => {
  const code = event.target.closest("button")?.dataset.code;
  if (code) openWhy(code);
});

// ——— "Kenapa merah?": one unit with its reasons, in one call. ———

const CONNECTION = { never: "belum pernah terhubung", connected: "terhubung", left: "sudah keluar" };
const REPORT = { missing: "belum masuk", submitted: "masuk", late: "masuk sesudah tenggat", returned: "dikembalikan untuk diperbaiki", verified: "diverifikasi" };
async function askWhy(code) {
  const refused = "Rincian belum dapat dibuka. Coba lagi.";
  try {
    const answer = await get(`/v1/apel/${board.apel.id}/board/${encodeURIComponent(code)}`);
    if (answer.ok) return await answer.json();
    return { refused: isProblem(answer) ? (await answer.json()).title : refused };
  } catch {
    return { refused };
  }
}
async function openWhy(code) {
  const dialog = $("why");
  const close = el("button", { type: "button", className: "main", on: { click: () => dialog.close() } }, "Tutup");
  const head = (name) => el("div", { className: "why-head" }, typed("", name, "h2"), close);
  const title = head(code);
  title.firstChild.id = "why-title";
  dialog.replaceChildren(title, el("p", { role: "status" }, "Membuka…"));
  dialog.showModal();
  const told = await askWhy(code);
  if (!title.isConnected) return; // another unit was opened meanwhile
  if (told.refused) return put(dialog.lastChild, told.refused);
  put(title.firstChild, told.opd.name);
  drawWhy(dialog, told);
}
function drawWhy(dialog, { opd: row, findings, revision }) {
  const [look, shape, word] = standing(row);
  const fact = (label, ...words) => el("div", {}, text("", label, "dt"), el("dd", {}, words));
  const report = `${REPORT[row.report.state] ?? row.report.state}${row.report.at ? ` ${local.time(row.report.at)}` : ""}${row.report.version > 1 ? `, versi ${row.report.version}` : ""}${row.report.channel && row.report.channel !== "app" ? `, ${CHANNELS[row.report.channel] ?? row.report.channel}` : ""}`;
  const room = `${CONNECTION[row.connection.state] ?? row.connection.state}${row.connection.since ? ` sejak ${local.time(row.connection.since)}` : ""}${row.connection.gaps ? `, ${row.connection.gaps} kali terputus` : ""}`;
  const spoken = row.turn.spoken_present === null ? null : fact("Terucap / tertulis", `${count(row.turn.spoken_present)} / ${count(row.turn.written_present)} hadir`);
  const past = row.trend.map((point) => el("li", {}, `${local.short(point.date)}: ${percent(point.rate)}`));
  dialog.lastChild.replaceWith(
    el("p", { className: "state", data: { look } }, mark(shape), ` ${row.opd_code} · ${word}`),
    row.reasons.length ? el("ul", { className: "reasons" }, row.reasons.map((reason) => el("li", {}, reason.text))) : text("", "Tidak ada yang perlu diperiksa.", "p"),
    el("dl", {},
      fact("Kehadiran", figureWords(row)),
      fact("Persentase", `${percent(row.figures.duty_rate)} dari yang wajib (${count(row.figures.duty_rate.numerator)} / ${count(row.figures.duty_rate.denominator)})`),
      fact("Laporan", report), fact("Ruang di Zoom", room), spoken, fact("Kepala", headWords(row.head).replace("Kepala: ", ""))),
    findings.length ? el("section", {}, text("", "Temuan", "h3"), el("ul", {}, findings.map((finding) => el("li", {}, `${finding.text}${finding.state === "resolved" ? " (selesai)" : ""}`)))) : "",
    past.length ? el("section", {}, text("", "Apel sebelumnya", "h3"), el("ul", { className: "past" }, past)) : "",
    text("quiet", `Menurut revisi ${revision}.`, "p"),
  );
}
$("why").addEventListener("click", (event) => { if (event.target === $("why")) $("why").close(); });

// ——— Head and foot ———

function drawHead({ apel, place, revision }) {
  keepZone(place.timezone);
  put($("title"), apel?.title ?? "Papan apel");
  put($("where"), [apel && local.date(apel.date), place.instansi].filter(Boolean).join(" · "));
  const word = !apel ? "" : apel.rehearsal ? "GLADI" : apel.state === "final" ? "FINAL" : apel.state === "scheduled" ? "BERSIAP" : apel.state === "cancelled" ? "DIBATALKAN" : "SEMENTARA";
  set($("stamp"), "state", apel?.state ?? "none");
  stamp = word;
  put(stampRevision, word && apel.state !== "scheduled" ? ` rev${NBSP}${revision}` : "");
}
let stamp = "";
const [stampWord, stampRevision] = [text("stamp-word"), text("stamp-revision")];
$("stamp").append(stampWord, stampRevision);
function drawFoot({ totals: told, evidence_health: health }) {
  const { expected, present, wfa, excused, absent, unknown } = told?.heads ?? {};
  const heads = [[present, "hadir"], [wfa, "hadir WFA"], [excused, "berhalangan"], [absent, "tanpa keterangan"], [unknown, "belum diketahui"]];
  put($("heads"), expected ? `Kepala OPD ${count(expected)}: ${heads.filter(([number]) => number).map(([number, word]) => `${count(number)} ${word}`).join(" · ")}` : "");
  const bad = health?.lights.some((light) => light.state === "bad");
  const gap = health?.state === "gap";
  set($("evidence"), "look", gap || bad ? (bad ? "bad" : "look") : health?.lights.length ? "look" : "none");
  set(document.body, "gap", String(gap && Boolean(bad)));
  const fine = health?.state === "none" ? "Apel ini tanpa rapat Zoom" : `Bukti Zoom: ${health?.lights.length ? "perlu dilihat" : "baik"} · ${count(health?.rooms)} ruang · ${count(health?.persons)} perorangan${health?.unmatched ? ` · ${count(health.unmatched)} belum dikenali` : ""}`;
  put($("evidence"), !health ? "" : gap || health.lights.length ? `${gap ? "Jeda tidak dinilai: " : ""}${health.reason ?? "bukti Zoom terputus."}` : fine);
}

// ——— Frames, seconds, words ———

const spoken = { turn: null, state: null, due: null, gap: null };
function say(words) { put($("voice"), words); }
// Said to those who listen: a turn, a state, the deadline; never a number that moves.
function speak({ apel, totals: told, turn: turns, opd, evidence_health: health }) {
  const said = { turn: apel?.state === "open" ? (turns?.current ?? null) : null, state: apel?.state ?? null, due: told ? !told.pending : null, gap: health?.state === "gap" };
  const first = spoken.state === null;
  const words = [];
  if (said.state !== spoken.state) words.push({ open: "Apel dibuka.", closed: "Apel ditutup.", final: "Hasil apel final." }[said.state]);
  if (said.due && !spoken.due) words.push(`Tenggat laporan lewat. ${silentUnits(told.not_reported)} OPD belum lapor.`);
  if (said.gap && !spoken.gap) words.push("Bukti Zoom terputus. Jeda tidak dinilai.");
  if (said.turn && said.turn !== spoken.turn) words.push(`Giliran: ${opd.find((row) => row.opd_code === said.turn)?.name ?? said.turn}.`);
  Object.assign(spoken, said);
  if (!first && words.some(Boolean)) say(words.filter(Boolean).join(" "));
}

function receive(fresh) {
  board = fresh;
  const visitor = caller.countsOnly;
  set(document.body, "mode", visitor ? "visitor" : caller.me ? "person" : "screen");
  show($("door"), false);
  drawHead(fresh);
  const moment = momentOf(visitor ? { ...fresh, turn: null } : fresh);
  for (const name of Object.keys(panels)) show(panels[name].node, name === moment);
  set(document.body, "moment", moment);
  // Before anything is reported or seen there are no figures: zeros would look like a result.
  const begun = Boolean(fresh.totals) && moment !== "empty" && (moment !== "ready" || fresh.totals.rate.denominator > 0);
  set(document.body, "begun", String(begun));
  show($("totals"), begun);
  show($("stage"), true);
  const units = fresh.opd.length > 0 && !visitor;
  set(document.body, "units", String(units));
  show($("units"), units);
  show($("foot"), true);
  if (fresh.apel) draw[moment](visitor ? { ...fresh, opd: [] } : fresh);
  if (begun) {
    drawTotals(fresh);
    if (visitor) drawTrend(totals.trend, fresh);
  }
  if (!visitor) drawTiles(fresh);
  drawFoot(fresh);
  speak(visitor ? { ...fresh, turn: null } : fresh);
  second();
}

function second() {
  const at = now();
  put($("time"), known ? local.seconds(at) : "--.--.--");
  const old = board && performance.now() - heard > OLD;
  set(document.body, "old", String(Boolean(old)));
  put(stampWord, old ? `data per ${local.seconds(heardAt)}` : stamp);
  show(stampRevision, !old);
  show($("stamp"), Boolean(old || stamp));
  const apel = board?.apel;
  if (!apel) return;
  const moment = document.body.dataset.moment;
  if (moment === "ready") drawCountdown(apel, at);
  if (moment === "coming") {
    const early = (Date.parse(apel.starts_at) - at) / 1000;
    put(coming.label, early > 0 ? `Ruang bergabung – mulai dalam ${span(early)}` : "Apel dibuka");
    put(coming.deadline.detail, leftWords(apel, at));
  }
  if (moment === "turn") {
    const row = board.opd.find((one) => one.opd_code === board.turn.current);
    const waits = row?.turn.state === "called";
    put(turn.label, waits ? "Giliran" : "Giliran – selesai diucapkan");
    put(turn.timer, waits ? span((at - Date.parse(board.turn.called_at)) / 1000) : "");
    put(turn.state, `tenggat laporan ${local.time(apel.report_deadline)}${movedWords(apel.report_deadline_planned)}`);
  }
}
function leftWords(apel, at) {
  const left = (Date.parse(apel.report_deadline) - at) / 1000;
  return `${left > 0 ? `${span(left)} lagi` : "sudah lewat"}${movedWords(apel.report_deadline_planned)}`;
}
function drawCountdown(apel, at) {
  const left = (Date.parse(apel.starts_at) - at) / 1000;
  const far = left > 24 * 3600;
  put(ready.label, far ? "Apel berikutnya" : left > 0 ? `Apel dimulai ${local.time(apel.starts_at)}${movedWords(apel.starts_at_planned)}` : "Menunggu apel dibuka – terlambat");
  put(ready.count, far ? local.time(apel.starts_at) : span(Math.abs(left)));
}
function tick() {
  second();
  setTimeout(tick, 1000 - (now() % 1000) + 5);
}

// Before an apel those who run it see whether everything is there that its evidence needs; so does the wall.
const RUN_IT = ["bupati", "admin", "kominfo", "inspector"];
const seesReadiness = () => !caller.countsOnly && (!caller.me || caller.me.grants.some((grant) => RUN_IT.includes(grant.role)));
async function watchReadiness() {
  for (; ; await pause(drawn.lights ? 10_000 : 1000)) {
    if (document.body.dataset.moment !== "ready" || !caller || !seesReadiness()) continue;
    try {
      const answer = await get("/v1/board/preflight");
      if (answer.ok) drawLights((await answer.json()).lights);
    } catch { /* the wall says by itself that nothing is heard */ }
  }
}
// Before the first event nothing is wrong, and nothing is proved either.
const unheard = ({ code, state, since: at }) => code === "events" && state === "ok" && !at;
const lookOf = (light) => (unheard(light) ? ["wait", "belum terbukti"] : LOOKS[light.state]);
const lightWords = ({ code, text: words, since: at }) => (code === "events" && at ? `${words.replace(/\.$/, "")}, terakhir ${local.time(at)}.` : words);
const LOOKS = { ok: ["good", "siap"], attention: ["look", "perlu dilihat"], bad: ["bad", "belum siap"] };
function drawLights(lights) {
  const meeting = board.evidence_health?.state !== "none";
  const shown = [{ code: "meeting", state: meeting ? "ok" : "attention", text: meeting ? "Nomor rapat Zoom terpasang." : "Apel ini tanpa rapat Zoom." }, ...lights.filter((light) => !["report", "merged"].includes(light.code))];
  const told = JSON.stringify(shown);
  if (drawn.lights === told) return;
  drawn.lights = told;
  put(ready.lightsTitle, `Kesiapan: ${shown.filter((light) => lookOf(light)[1] === "siap").length} dari ${shown.length} siap`);
  ready.lights.replaceChildren(...shown.map((light) => el("li", { data: { look: lookOf(light)[0] } }, mark(lookOf(light)[0]), el("span", {}, text("unseen", `${lookOf(light)[1]}: `), lightWords(light)))));
}

// A wall hangs for months: once its files are new, it loads them while nothing happens.
const FILES = ["/papan", "/papan/papan.css", "/papan/papan.js", "/bagian/base.js", "/bagian/session.js"];
const readTags = async () => (await Promise.all(FILES.map((file) => fetch(file, { cache: "no-cache" })))).map((answer) => (answer.ok ? answer.headers.get("etag") : null)).join();
function idle() {
  const apel = board?.apel;
  if ($("why").open || performance.now() - heard > OLD) return false;
  if (!apel || apel.state === "final") return true;
  const [starts, due] = [Date.parse(apel.starts_at), Date.parse(apel.report_deadline)];
  return apel.state !== "open" && (now() < starts - 2 * 3600_000 || now() > due + 2 * 3600_000);
}
async function watchFiles(minutes = 10) {
  let known = null;
  for (; ; await pause(minutes * 60_000)) {
    try {
      const tags = await readTags();
      known ??= tags;
      if (tags !== known && idle()) location.reload();
    } catch { /* asked again later */ }
  }
}

function signOut() {
  const press = async () => {
    try {
      await leave();
      location.reload();
    } catch {
      put(button, "Belum keluar, coba lagi");
    }
  };
  const button = el("button", { type: "button", on: { click: press } }, "Keluar");
  return button;
}
function drawSelf() {
  $("self").replaceChildren(...(caller.me ? [typed("quiet", caller.me.name), " ", signOut()] : [typed("quiet", caller.name ?? "")]));
}
async function run() {
  tick();
  watchReadiness();
  watchFiles();
  for (;;) {
    try {
      caller = await admit();
      own.clear();
      for (const grant of caller.me?.grants ?? []) if (grant.opd_code) own.add(grant.opd_code);
      drawSelf();
      await live();
    } catch (error) {
      const door = $("door");
      for (const id of ["totals", "stage", "units", "foot"]) show($(id), false);
      [board, stamp, lastId, etag, screenToken] = [null, "", null, null, null];
      show(door, true);
      if (error instanceof SignedOut) continue;
      if (error instanceof NotAllowed) {
        return door.replaceChildren(text("big", "Akun ini tidak membaca papan.", "h2"), el("p", {}, signOut()));
      }
      door.replaceChildren(el("p", { role: "status" }, "Layanan belum dapat dihubungi. Menyambung lagi…"));
      await pause(3000 + 2000 * Math.random());
    }
  }
}
run();
