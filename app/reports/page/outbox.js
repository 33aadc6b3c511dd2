// A report is laid down with its key before the network is touched, and sent until a receipt comes back.
import { Problem, ask, bearer, request, resume } from "/bagian/session.js";
import { changeUnit, listUnits, readUnit, tell } from "/lapor/store.js";

export const PATIENCE = 30_000;

// The phone's clock may be wrong by hours: `skew` is what the service's clock was ahead of it.
export const serverNow = (record) => Date.now() + record.skew;
export const dayIn = (zone, at) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
export const isOver = (record) => dayIn(record.zone, serverNow(record)) !== record.day;

// Less of a person on the phone: four digits tell two of one name apart.
const short = (items) => items?.map((item) => ({ ...item, nip: item.nip.slice(-4) })) ?? null;
const slimReport = (report) => report && { ...report, entries: short(report.entries) };
export const slim = (today) => ({
  ...today,
  roster: today.roster && { ...today.roster, items: short(today.roster.items) },
  report: slimReport(today.report),
});

const newKey = () =>
  crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export async function lay(record, body) {
  const outbox = {
    key: newKey(), apel_id: record.today.apel.id, base: record.draft ? record.draft.base : record.today.etag, body,
    queued_at: serverNow(record), tries: 0, state: "waiting", problem: null,
  };
  const kept = await changeUnit(record.account, record.unit, (now) => ({ ...(now ?? record), outbox }));
  tell("changed");
  return kept;
}

// Only what is still the same letter is changed: meanwhile another tab may have taken it back.
const changeLetter = (record, make) =>
  changeUnit(record.account, record.unit, (now) => (now?.outbox?.key === record.outbox.key ? make(now) : undefined));

function keepReceipt(record, report) {
  const receipt = { key: record.outbox.key, version: report.version, at: report.at, late: report.late, apel_id: report.apel_id };
  return changeLetter(record, (now) => {
    const current = now.today.apel?.id === report.apel_id;
    const today = current ? { ...now.today, report: slimReport(report), etag: `"${report.version}"`, text: null } : now.today;
    return { ...now, today, receipt, outbox: null, draft: current ? null : now.draft, words_due: current };
  });
}

const mark = (record, changes) => changeLetter(record, (now) => ({ ...now, outbox: { ...now.outbox, ...changes } }));

const TAKEN_BEFORE = ["version-mismatch", "version-required", "reason-required"];

// "sent", "waiting" for the line, or "stopped" until a person does something.
async function send(record) {
  const { outbox } = record;
  const headers = { "content-type": "application/json", "idempotency-key": outbox.key, ...(outbox.base ? { "if-match": outbox.base } : {}) };
  const path = `/v1/apel/${outbox.apel_id}/reports/${encodeURIComponent(record.unit)}`;
  const hangs = new AbortController();
  const timer = setTimeout(() => hangs.abort(), PATIENCE);
  await mark(record, { tries: outbox.tries + 1 });
  try {
    const answer = await request(path, { method: "PUT", headers, body: JSON.stringify(outbox.body), signal: hangs.signal });
    await keepReceipt(record, answer.body);
    return "sent";
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500 || [401, 408, 429].includes(error.status) || error.code === "password-change-required") {
      if (error instanceof Problem && error.status === 401) throw error;
      return "waiting";
    }
    const state = TAKEN_BEFORE.includes(error.code) ? "conflict" : "refused";
    await mark(record, { state, problem: { code: error.code, words: error.message } });
    return "stopped";
  } finally {
    clearTimeout(timer);
  }
}

const alone = (run) => (navigator.locks ? navigator.locks.request("lapor", run) : run());

// Sends what one account's units have waiting; whether something still waits. Throws a Problem when the session is over.
export const deliver = (account) =>
  alone(async () => {
    let waits = false;
    for (const { unit } of (await listUnits()).filter((record) => record.account === account)) {
      const record = await readUnit(account, unit);
      if (record?.outbox?.state !== "waiting" || isOver(record)) continue;
      const outcome = await send(record);
      waits ||= outcome === "waiting";
      tell("changed");
    }
    return waits;
  });

// For the worker, which does not know who is signed in.
export async function deliverAll() {
  const waiting = (await listUnits()).some((record) => record.outbox?.state === "waiting" && !isOver(record));
  if (!waiting || (!bearer() && !(await resume()))) return false;
  return deliver((await ask("/v1/me")).id);
}

export async function wakeWorker() {
  const registration = await navigator.serviceWorker?.getRegistration("/lapor");
  await registration?.sync?.register("lapor").catch(() => {}); // forbidden by some browsers; the page sends too
}
