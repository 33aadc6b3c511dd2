// The phone's morning: shows what lies here, asks the service when there is a line, and never loses what was tapped.
import { Problem, ask, bearer, choosePassword, leave, resume, signIn } from "/bagian/session.js";
import { el } from "/bagian/base.js";
import { isTapped } from "/lapor/claim.js";
import { PATIENCE, dayIn, deliver, isOver, lay, slim, wakeWorker } from "/lapor/outbox.js";
import { button, nameOf, paintTimes, splash } from "/lapor/parts.js";
import { conflictView, needsNothing, quietView, receiptView, refusedView, sendingView } from "/lapor/receipt.js";
import { reviewView, rosterView } from "/lapor/roster.js";
import { changeUnit, changeWho, forgetUnits, hear, listUnits, readUnit, readWho, tell } from "/lapor/store.js";

const page = document.getElementById("page");
const FIRST_PAUSE = 3_000;
const LONGEST_PAUSE = 60_000;
const OLD = 60_000;
const LONG = 2 * 3_600_000;

const app = { account: null, name: null, record: null, live: false, sending: false, missed: [], notice: null, only: false, asking: false, leaving: false };
let pause = FIRST_PAUSE;
let timer = null;
let running = null;

// ---- what is shown ----

app.show = () => {
  if (app.asking || !app.record) return;
  shown = shapeOf(app);
  page.replaceChildren(viewOf(app.record));
  paintTimes(app);
};

// What a look at the service changed; a list that somebody is searching in stays as it is when nothing did.
let shown = null;
let postponed = false;
function shapeOf({ record, sending, missed, notice }) {
  const { today, outbox, receipt, draft, words_due: due } = record;
  return JSON.stringify([{ ...today, server_time: null }, outbox, receipt, due, draft?.base, sending, missed, notice]);
}
function showNews() {
  if (!app.record || app.asking) return;
  if (shapeOf(app) === shown) paintTimes(app);
  else if (document.querySelector("dialog[open]")) postponed = true;
  else app.show();
}
app.closed = () => {
  if (postponed) app.show();
  postponed = false;
};

function viewOf(record) {
  const { today, outbox, draft } = record;
  if (outbox?.state === "conflict") return conflictView(app);
  if (outbox?.state === "refused") return refusedView(app);
  if (outbox) return sendingView(app);
  if (needsNothing(today)) return quietView(app);
  if (today.report && !draft) return receiptView(app);
  return location.hash === "#periksa" ? reviewView(app) : rosterView(app);
}

app.go = (where) => {
  if (where) location.hash = where;
  else history.back();
};
addEventListener("hashchange", () => {
  app.show();
  scrollTo(0, 0);
  document.getElementById("look")?.focus();
});

function toList() {
  if (location.hash) history.replaceState(null, "", location.pathname);
}

// ---- what is tapped ----

app.edit = async (make) => {
  const { record } = app;
  if (isOver(record)) return dayIsOver();
  const begin = (kept) => kept.draft ?? { apel_id: kept.today.apel.id, base: kept.today.etag, marks: {}, others: null, note: null, reason: null };
  app.record = { ...record, draft: make(begin(record)) };
  try {
    const kept = await changeUnit(record.account, record.unit, (known) => ({ ...(known ?? record), draft: make(begin(known ?? record)) }));
    // With what another tab has changed meanwhile.
    if (app.record?.unit === record.unit) app.record = kept;
  } catch (error) {
    return tellNoRoom(error);
  }
  tell("changed");
};

// Past midnight without a line: nothing is taken for a day that is over.
function dayIsOver() {
  document.querySelector("dialog[open]")?.close();
  app.record = null;
  page.replaceChildren(splash("Hari sudah berganti", "Daftar yang terbuka milik hari kemarin. Daftar hari ini diambil begitu ada sambungan.", button("Ambil daftar hari ini", () => app.refresh(), "main")));
  return app.refresh();
}

function tellNoRoom(error) {
  console.warn(error);
  document.querySelector("dialog[open]")?.close();
  page.replaceChildren(splash("HP ini tidak dapat menyimpan isian", "Ruang penyimpanannya mungkin penuh, atau peramban ini melarangnya. Kosongkan sedikit ruang, atau pakai HP lain.", button("Coba lagi", () => location.reload(), "main")));
}

// Whether what lies on the phone is what was looked at; if not, it is shown.
app.isAsShown = async () => {
  const { record } = app;
  if (isOver(record)) return dayIsOver();
  const kept = (await readUnit(record.account, record.unit)) ?? record;
  if (JSON.stringify([kept.draft, kept.today.etag]) === JSON.stringify([record.draft, record.today.etag])) return true;
  Object.assign(app, { record: kept, notice: "Isian berubah di tab lain. Periksa lagi, lalu kirim." });
  app.show();
  return false;
};
app.mark = (id, mark) => app.edit((draft) => ({ ...draft, marks: { ...draft.marks, [id]: mark && { mode: null, note: null, ...mark } } }));
app.amend = async () => {
  toList();
  await app.edit((draft) => draft);
  app.show();
};
app.send = async (body) => {
  app.record = await lay(app.record, body);
  toList();
  app.show();
  wakeWorker();
  await running; // a look that began before this letter was laid does not take it along
  await app.refresh();
};

const drop = (changes) => async () => {
  app.record = await changeUnit(app.record.account, app.record.unit, (kept) => ({ ...kept, outbox: null, ...changes(kept) }));
  toList();
  tell("changed");
  app.show();
};
app.takeBack = drop((kept) => ({ draft: kept.draft ?? null }));
app.useTheirs = drop(() => ({ draft: null }));
app.keepMine = (marks) =>
  drop((kept) => ({ draft: { ...kept.draft, base: kept.today.etag, marks, others: kept.outbox.body.others, note: kept.outbox.body.note ?? "", reason: null } }))();

// Unsent taps lie over a report that came in meanwhile: whoever tapped must know.
app.staleNote = () => {
  const { today, draft } = app.record;
  if (!draft || draft.base === today.etag) return null;
  const goOn = async () => {
    await app.edit((now) => ({ ...now, base: app.record.today.etag }));
    app.show();
  };
  return el("div", { className: "note look", role: "status" },
    el("p", {}, `Sementara itu unit ini dilaporkan (versi ${today.report?.version ?? "–"}, oleh `, nameOf(today.report?.by ?? "–"), "). Ketukan Anda sekarang terletak di atas laporan itu."),
    el("div", { className: "pair" }, button("Lanjutkan", goOn), button("Buang ketukan saya", app.useTheirs)));
};

app.choose = async (unit) => {
  toList();
  app.notice = null;
  const before = app.record.unit;
  const kept = await readUnit(app.account, unit);
  if (kept && !isOver(kept)) {
    app.record = kept;
    app.show();
  }
  await changeWho((who) => ({ ...who, chosen: unit }));
  await running;
  await app.refresh();
  if (app.record?.unit !== before || unit === before) return;
  await changeWho((who) => ({ ...who, chosen: before }));
  app.notice = `Daftar ${unit} belum ada di HP ini. Coba lagi begitu ada sambungan.`;
  app.show();
};

const isUnsent = ({ draft, outbox, today }) => Boolean(outbox || (draft && isTapped(today, draft)));

app.leave = async () => {
  const unsent = (await listUnits()).filter((record) => record.account === app.account && isUnsent(record));
  if (unsent.length && !(await agrees(unsent.map((record) => record.unit)))) return;
  const { account } = app;
  app.leaving = true; // what a look brings from here on is not kept
  await changeWho((who) => ({ leaving: true, missed: who?.missed }));
  await forgetUnits((record) => record.account === account);
  tell("left");
  await finishLeaving();
};

app.forgetMissed = async () => {
  await changeWho((who) => ({ ...who, missed: [] }));
  app.missed = [];
  app.show();
};

function agrees(units) {
  return new Promise((done) => {
    const dialog = el("dialog", { className: "sheet", aria: { labelledby: "ask-title" }, on: { close: () => { dialog.remove(); done(dialog.returnValue === "yes"); } } },
      el("div", { className: "inner" }, el("h2", { id: "ask-title" }, "Keluar dan buang isian?"),
        el("p", {}, "Ada isian yang belum terkirim: ", nameOf(units.join(", ")), ". Bila keluar, isian itu dihapus dari HP ini."),
        el("div", { className: "stack" }, button("Tetap di sini", () => dialog.close("no"), "main"), button("Keluar dan buang", () => dialog.close("yes")))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Without a line the sign-in cannot be ended at the service yet: it is, before anything else, at the next one.
async function finishLeaving() {
  Object.assign(app, { account: null, name: null, record: null, leaving: true });
  toList();
  try {
    await leave();
    await changeWho((who) => (who?.missed?.length ? { missed: who.missed } : null));
    location.reload();
  } catch (error) {
    console.warn(error);
    app.asking = false;
    page.replaceChildren(splash("Anda sudah keluar", "Isian di HP ini sudah dihapus. Sesi di layanan diakhiri begitu ada sambungan.", button("Coba lagi", finishLeaving)));
    later(finishLeaving);
  }
}

// ---- the line ----

app.refresh = () => {
  running ??= look().finally(() => { running = null; });
  return running;
};

async function look() {
  clearTimeout(timer);
  if (app.leaving) return await finishLeaving();
  const queued = app.record?.outbox?.state === "waiting";
  app.sending = queued;
  if (queued) app.show();
  let waits = true;
  try {
    if (!bearer() && !(await within(resume()))) return app.leaving ? null : await askToSignIn();
    const me = await within(ask("/v1/me"));
    if (me.must_change) return await askForPassword(me);
    await begin(me);
    // What has lain here for long may be of another day: the service's clock is asked first.
    if (isOld(app.record)) await keepToday(await within(today()));
    waits = await deliver(me.id);
    await keepToday(await within(today()));
    app.live = true;
  } catch (error) {
    if (app.leaving) return;
    if (error instanceof Problem && error.status === 401) return await askToSignIn();
    console.warn(error);
    app.live = false;
    if (!app.record) tellNothingHere(error);
    waits = true;
  } finally {
    app.sending = false;
  }
  if (app.leaving) return;
  if (app.account && app.record) app.record = (await readUnit(app.account, app.record.unit)) ?? app.record;
  showNews();
  if (waits || app.record?.outbox?.state === "waiting") later(() => app.refresh());
  else pause = FIRST_PAUSE;
}

// A line that says nothing for half a minute is none.
const within = (answer) =>
  Promise.race([answer, new Promise((_, fail) => setTimeout(() => fail(new Error("no answer")), PATIENCE))]);

function later(run) {
  clearTimeout(timer);
  timer = setTimeout(run, pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function isOld(record) {
  const age = record ? Date.now() - record.at : 0;
  return age < 0 || age > LONG;
}

// Who is leaving stays the last word about the phone.
const changeUser = (make) => changeWho((who) => (who?.leaving ? undefined : make(who)));

async function begin(me) {
  if (app.leaving) return;
  if (app.account && app.account !== me.id) app.record = null;
  Object.assign(app, { account: me.id, name: me.name });
  await changeUser((who) => ({ account: me.id, name: me.name, chosen: who?.account === me.id ? (who.chosen ?? null) : null, missed: who?.missed ?? [] }));
}

// What the service says of the unit that was chosen when it was asked.
async function today() {
  const chosen = (await readWho())?.chosen ?? null;
  try {
    return { chosen, answer: await ask(`/v1/me/today${chosen ? `?opd_code=${encodeURIComponent(chosen)}` : ""}`) };
  } catch (error) {
    if (!(error instanceof Problem) || ![403, 404].includes(error.status) || !chosen) throw error;
    return { chosen, answer: await ask("/v1/me/today") }; // a unit that is no longer theirs
  }
}

async function keepToday({ chosen, answer }) {
  const now = new Date(answer.server_time).getTime();
  const fresh = { day: dayIn(answer.timezone, now), zone: answer.timezone, skew: now - Date.now(), at: Date.now() };
  await forgetOtherDays(fresh);
  const { account } = app;
  const unit = answer.opd_code ?? "-";
  let wanted = true;
  // Another unit that was chosen meanwhile has a look of its own.
  await changeUser((who) => ((wanted = (who?.chosen ?? null) === chosen) ? { ...who, chosen: answer.opd_code } : undefined));
  if (app.leaving || !wanted) return;
  app.record = await changeUnit(account, unit, (kept) => {
    const here = slim(answer);
    const draft = kept?.draft && kept.draft.apel_id === here.apel?.id ? kept.draft : null;
    // A draft without a change of its own follows what came in.
    const keeps = draft && here.roster && (draft.base === here.etag || isTapped(here, draft));
    return { account, unit, today: here, ...fresh, draft: keeps ? draft : null, outbox: kept?.outbox ?? null, receipt: kept?.receipt ?? null, words_due: false };
  });
  tell("changed");
}

// What was made for another day is never sent into this one, and does not stay here; whose report it was, it is told
// to whoever holds the phone until somebody has passed it on.
async function forgetOtherDays({ day, zone }) {
  const gone = await forgetUnits((record) => record.day !== day);
  const date = new Intl.DateTimeFormat("id-ID", { timeZone: zone, day: "numeric", month: "long" });
  const lost = gone.filter((record) => record.outbox).map(({ unit, outbox }) =>
    `Laporan ${unit} tanggal ${date.format(outbox.queued_at)} tidak sempat terkirim dan sudah dihapus dari HP ini. Sampaikan kepada Kominfo.`);
  if (lost.length) app.missed = (await changeWho((who) => ({ ...who, missed: [...(who?.missed ?? []), ...lost] }))).missed;
  if (gone.length) app.record = null;
}

function tellNothingHere(error) {
  if (app.asking) return;
  const words = error instanceof Problem ? error.message : "Belum ada data hari ini di HP ini. Halaman mencoba lagi sendiri.";
  page.replaceChildren(splash(error instanceof Problem ? "Layanan belum dapat menjawab" : "Tidak ada sambungan", words, button("Coba sekarang", () => app.refresh(), "main")));
}

// ---- who is there ----

async function askToSignIn() {
  const { record } = app;
  const unsent = record && (record.outbox || (record.draft && isTapped(record.today, record.draft)));
  await untilDone((place) => signIn(place, "Lapor kehadiran"), unsent && "Sesi Anda sudah berakhir. Isian tetap tersimpan di HP ini, dan dikirim sesudah Anda masuk lagi.");
}
const askForPassword = (me) => untilDone((place) => choosePassword(place, me.name));

async function untilDone(form, words) {
  if (app.asking) return;
  app.asking = true;
  document.querySelector("dialog[open]")?.close();
  const place = el("main");
  page.replaceChildren(el("div", { className: "view" }, words && el("p", { className: "note look", role: "status" }, words), place));
  form(place).then(() => {
    app.asking = false;
    page.replaceChildren(el("p", { className: "splash", role: "status" }, "Mengambil daftar pegawai…"));
    running = null;
    return app.refresh();
  });
}

// ---- living with the browser ----

// A newer version that came at an earlier visit takes over now, before anything is tapped.
async function takeOver() {
  const workers = navigator.serviceWorker;
  const newer = (await workers?.getRegistration("/lapor"))?.waiting;
  if (!newer || !workers.controller) return;
  workers.addEventListener("controllerchange", () => location.reload(), { once: true });
  newer.postMessage("take over");
}

// After the first look, so that on a thin line it takes nothing from it.
const keepOffline = () =>
  // Some browsers keep no workers; the page works there as long as there is a line.
  navigator.serviceWorker?.register("/lapor/sw.js", { type: "module", scope: "/lapor" }).catch((error) => console.warn(error));

hear(async (message) => {
  if (message === "left") location.reload();
  if (message !== "changed" || !app.record || document.querySelector("dialog[open]")) return;
  const kept = await readUnit(app.account, app.record.unit);
  if (!kept || JSON.stringify(kept) === JSON.stringify(app.record)) return;
  app.record = kept;
  if (kept.words_due) app.refresh();
  if (!page.contains(document.activeElement) || !document.activeElement.matches("input, textarea")) app.show();
});
addEventListener("online", () => {
  pause = FIRST_PAUSE;
  app.refresh();
});
addEventListener("offline", () => {
  app.live = false;
  showNews();
});
document.addEventListener("visibilitychange", () => {
  const old = !app.record || !app.live || Date.now() - app.record.at > OLD;
  if (document.visibilityState === "visible" && !app.asking && (old || app.record.outbox)) app.refresh();
});
setInterval(() => {
  if (app.record && !app.asking) paintTimes(app);
}, 1_000);

async function start() {
  await takeOver();
  await forgetUnits((record) => isOver(record) && !record.outbox);
  const who = await readWho();
  app.missed = who?.missed ?? [];
  if (who?.leaving) await finishLeaving();
  else if (who?.account) {
    Object.assign(app, { account: who.account, name: who.name });
    // Of a unit that was chosen without a line nothing is here yet: then what is.
    const kept = (await readUnit(who.account, who.chosen ?? "-")) ?? (await listUnits()).find((record) => record.account === who.account && !isOver(record));
    if (kept && !isOver(kept)) {
      app.record = kept;
      app.show();
    }
  }
  await app.refresh();
  keepOffline();
}

start().catch(tellNoRoom);
