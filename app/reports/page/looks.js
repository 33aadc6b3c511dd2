// Looks at the service: what waits is sent, today's list is fetched and kept, and when there is no line, again soon.
import { Problem, ask, bearer, choosePassword, resume, signIn } from "/bagian/session.js";
import { isTapped } from "/lapor/claim.js";
import { finishLeaving, isUnsent } from "/lapor/leaving.js";
import { PATIENCE, dayIn, deliver, isOver, slim } from "/lapor/outbox.js";
import { button, splash } from "/lapor/parts.js";
import { NoRoom, changeUnit, changeWho, forgetUnits, readUnit, tell } from "/lapor/store.js";
import { app, askFor, put, showNews, tellNothingHere, toList, turnOver, watch } from "/lapor/tab.js";

const FIRST_PAUSE = 3_000;
const LONGEST_PAUSE = 60_000;
const LONG = 2 * 3_600_000;

let pause = FIRST_PAUSE;
let timer = null;
let running = null;

app.refresh = () => {
  if (running) return running;
  const mine = look().finally(() => { if (running === mine) running = null; });
  running = mine;
  return mine;
};
// A look that began before a letter was laid does not take it along.
app.lookAgain = async () => {
  await running;
  await app.refresh();
};
export function lookAtOnce() {
  pause = FIRST_PAUSE;
  return app.refresh();
}

async function look() {
  clearTimeout(timer);
  if (app.leaving) return await finishLeaving();
  const isNow = watch();
  const queued = app.record?.outbox?.state === "waiting";
  app.sending = queued;
  if (queued) app.show();
  let waits = true;
  try {
    waits = await askService(isNow);
  } catch (error) {
    if (!isNow()) return;
    if (error instanceof NoRoom) throw error;
    if (error instanceof Problem && error.status === 401) return askToSignIn();
    console.warn(error);
    app.live = false;
    if (!app.record) tellNothingHere(error instanceof Problem ? error : null);
  } finally {
    if (isNow()) app.sending = false;
  }
  if (isNow() && !app.asking) await showKept(isNow, waits);
}

async function showKept(isNow, waits) {
  const kept = app.account && app.record ? await readUnit(app.account, app.record.unit) : null;
  if (!isNow()) return;
  app.record = kept ?? app.record;
  showNews();
  if (waits || app.record?.outbox?.state === "waiting") later();
  else pause = FIRST_PAUSE;
}

// Whether something still waits to be sent; throws when there is no line.
async function askService(isNow) {
  if (!bearer() && !(await within(resume()))) throw new Problem(401, null);
  const me = await within(ask("/v1/me"));
  if (!isNow()) return false;
  if (me.must_change) {
    untilDone((place) => choosePassword(place, me.name));
    return false;
  }
  await begin(me);
  // What has lain here for long may be of another day: the service's clock is asked first.
  if (isOld(app.record)) await keepToday(await within(today()), isNow);
  const waits = isNow() && (await deliver(me.id));
  if (isNow()) await keepToday(await within(today()), isNow);
  if (isNow()) app.live = true;
  return waits;
}

// A line that says nothing for half a minute is none.
const within = (answer) =>
  Promise.race([answer, new Promise((_, fail) => setTimeout(() => fail(new Error("no answer")), PATIENCE))]);

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => app.refresh(), pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function isOld(record) {
  const age = record ? Date.now() - record.at : 0;
  return age < 0 || age > LONG;
}

// Who is leaving stays the last word about the phone.
const changeUser = (make) => changeWho((who) => (who?.leaving ? undefined : make(who)));

async function begin(me) {
  if (app.account && app.account !== me.id) Object.assign(app, { record: null, unit: null });
  Object.assign(app, { account: me.id, name: me.name });
  const kept = (who) => ({ account: me.id, name: me.name, chosen: who?.account === me.id ? (who.chosen ?? null) : null, missed: who?.missed ?? [] });
  const who = await changeUser(kept);
  app.unit ??= who?.chosen ?? null;
}

async function today() {
  const { unit } = app;
  try {
    return await ask(`/v1/me/today${unit ? `?opd_code=${encodeURIComponent(unit)}` : ""}`);
  } catch (error) {
    if (!(error instanceof Problem) || ![403, 404].includes(error.status) || !unit) throw error;
    return ask("/v1/me/today"); // a unit that is no longer theirs
  }
}

async function keepToday(answer, isNow) {
  if (!isNow()) return;
  const now = new Date(answer.server_time).getTime();
  const fresh = { day: dayIn(answer.timezone, now), zone: answer.timezone, skew: now - Date.now(), at: Date.now() };
  await forgetOtherDays(fresh);
  const { account } = app;
  const unit = answer.opd_code ?? "-";
  const record = await changeUnit(account, unit, (kept) => (isNow() ? { account, unit, ...keptWith(kept, slim(answer)), ...fresh } : undefined));
  if (!record || !isNow()) return;
  Object.assign(app, { unit: answer.opd_code, record, over: null });
  await remember(answer.opd_code);
  tell("changed");
}

// A draft without a tap of its own follows what came in.
function keptWith(kept, here) {
  const draft = kept?.draft && here.roster && kept.draft.apel_id === here.apel?.id ? kept.draft : null;
  const keeps = draft && (draft.base === here.etag || isTapped(here, draft));
  return { today: here, draft: keeps ? draft : null, outbox: kept?.outbox ?? null, receipt: kept?.receipt ?? null, words_due: false };
}

// What was made for another day is never sent into this one, and does not stay here; whose report it was, it is told
// to whoever holds the phone until somebody has passed it on.
async function forgetOtherDays({ day, zone }) {
  const gone = await forgetUnits((record) => record.day !== day);
  const date = new Intl.DateTimeFormat("id-ID", { timeZone: zone, day: "numeric", month: "long" });
  const lost = gone.filter((record) => record.outbox).map(({ unit, outbox }) =>
    `Laporan ${unit} tanggal ${date.format(outbox.queued_at)} tidak sempat terkirim dan sudah dihapus dari HP ini. Sampaikan kepada Kominfo.`);
  if (lost.length) app.missed = (await changeWho((who) => ({ ...who, missed: [...(who?.missed ?? []), ...lost] }))).missed;
  if (app.record && app.record.day !== day) app.record = null;
}

// ---- another unit ----

// The one that the page opens with the next time: only one whose list is here.
const remember = (unit) => changeUser((who) => (who && who.chosen !== unit ? { ...who, chosen: unit } : undefined));

app.choose = async (unit) => {
  const before = app.record;
  toList();
  turnOver();
  running = null;
  const isNow = watch();
  app.unit = unit;
  const kept = await readUnit(app.account, unit);
  if (!isNow()) return;
  app.record = kept && !isOver(kept) ? kept : null;
  if (app.record) {
    app.show();
    await remember(unit);
  } else {
    put(splash(`Mengambil daftar ${unit}…`, "", before && button(`Kembali ke ${before.unit}`, () => app.choose(before.unit))));
  }
  await app.refresh();
  if (isNow() && !app.record && !app.asking && before) await goBack(before, unit, isNow);
};

async function goBack({ account, unit }, wanted, isNow) {
  const kept = await readUnit(account, unit);
  if (!isNow() || !kept) return;
  Object.assign(app, { unit, record: kept, notice: `Daftar ${wanted} belum ada di HP ini. Coba lagi begitu ada sambungan.` });
  app.show();
}

// ---- who is there ----

const askToSignIn = () =>
  untilDone((place) => signIn(place, "Lapor kehadiran"),
    app.record && isUnsent(app.record) && "Sesi Anda sudah berakhir. Isian tetap tersimpan di HP ini, dan dikirim sesudah Anda masuk lagi.");

function untilDone(form, words) {
  if (app.asking) return;
  askFor(form, words).then(() => {
    running = null;
    return app.refresh();
  });
}
