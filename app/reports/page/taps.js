// What is tapped: it lies on the phone at once, and in memory only as it lies there.
import { el } from "/bagian/base.js";
import { isOver, lay, serverNow, wakeWorker } from "/lapor/outbox.js";
import { button, clockFor, nameOf } from "/lapor/parts.js";
import { changeUnit, readUnit, tell } from "/lapor/store.js";
import { app, closeSheet, tellNothingHere, toList } from "/lapor/tab.js";

let edits = 0;
app.edit = async (make) => {
  const { record } = app;
  if (!record) return;
  if (isOver(record)) return dayIsOver();
  const begin = (kept) => kept.draft ?? { apel_id: kept.today.apel.id, base: kept.today.etag, marks: {}, others: null, note: null, reason: null };
  app.record = { ...record, draft: make(begin(record)) };
  edits += 1;
  const mine = edits;
  const kept = await changeUnit(record.account, record.unit, (known) => ({ ...(known ?? record), draft: make(begin(known ?? record)) }));
  // With what another tab has changed meanwhile.
  if (kept && mine === edits && app.record?.unit === record.unit) app.record = kept;
  tell("changed");
};
app.mark = (id, mark) => app.edit((draft) => ({ ...draft, marks: { ...draft.marks, [id]: mark && { mode: null, note: null, ...mark } } }));
app.amend = async () => {
  toList();
  await app.edit((draft) => draft);
  app.show();
};

// Past midnight, without a line too: nothing is taken or promised for a day that is over.
export function dayIsOver() {
  const { record } = app;
  closeSheet();
  toList();
  app.record = null;
  app.over = record.outbox
    ? `Laporan ${record.unit} tanggal ${clockFor(record).day(record.outbox.queued_at)} tidak sempat terkirim. Sampaikan kepada Kominfo.`
    : "Daftar yang terbuka milik hari sebelumnya. Daftar hari ini diambil begitu ada sambungan.";
  tellNothingHere();
  return app.refresh();
}

// Before something is sent: what lies on the phone is in memory then, and of today.
app.readAgain = async () => {
  const { record } = app;
  const kept = await readUnit(record.account, record.unit);
  if (app.record?.unit !== record.unit) return false;
  app.record = kept ?? app.record;
  if (!isOver(app.record)) return true;
  dayIsOver();
  return false;
};
app.send = async (body) => {
  app.record = (await lay(app.record, body)) ?? app.record;
  toList();
  app.show();
  wakeWorker();
  await app.lookAgain();
};

const drop = (changes) => async () => {
  const { record } = app;
  app.record = (await changeUnit(record.account, record.unit, (kept) => kept && { ...kept, outbox: null, ...changes(kept) })) ?? record;
  toList();
  tell("changed");
  app.show();
};
app.takeBack = drop((kept) => ({ draft: kept.draft ?? null }));
app.useTheirs = drop(() => ({ draft: null }));
app.keepMine = (marks) =>
  drop((kept) => ({ draft: { ...kept.draft, base: kept.today.etag, marks, others: kept.outbox.body.others, note: kept.outbox.body.note ?? "", reason: null } }))();

// Unsent taps lie over a report that came in meanwhile: whoever tapped must know.
app.isStale = () => Boolean(app.record.draft && app.record.draft.base !== app.record.today.etag);
app.staleNote = () => {
  if (!app.isStale()) return null;
  const { report } = app.record.today;
  const goOn = async () => {
    await app.edit((now) => ({ ...now, base: app.record.today.etag }));
    app.show();
  };
  return el("div", { className: "note look", role: "status" },
    el("p", {}, `Sementara itu unit ini dilaporkan (versi ${report?.version ?? "–"}, oleh `, nameOf(report?.by ?? "–"), "). Ketukan Anda sekarang terletak di atas laporan itu."),
    el("div", { className: "pair" }, button("Lanjutkan", goOn), button("Buang ketukan saya", app.useTheirs)));
};
