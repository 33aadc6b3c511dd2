// The list of people with their marks, the sheet of codes, and the look before sending.
import { el } from "/bagian/base.js";
import {
  EXEMPT, LONGER, SELDOM, USUAL, basisOf, bodyOf, figuresOf, isChanged, isHere, kindOf, longOf, marksOf, noteOf, othersOf,
  peopleOf, same, sentence, shortOf, suggestionsOf, tellsFigures, CODES,
} from "/lapor/claim.js";
import { serverNow } from "/lapor/outbox.js";
import { button, foot, head, joinFold, nameOf, say } from "/lapor/parts.js";
import { besideTable, wordsToRead } from "/lapor/receipt.js";

const REASONS = ["Ada yang baru datang", "Salah pilih", "Surat baru diterima", "Jumlah diperbaiki", "Sesuai pengembalian"];
const NOTES = ["Daftar pegawai di sini belum sesuai", "Rekap menyusul dari unit bawahan"];
const fold = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const isException = (mark, person) => (person.required || person.guest ? !isHere(mark) : Boolean(mark));
const chip = (mark) => el("span", { className: `chip ${kindOf(mark)}` }, shortOf(mark));
const spoken = (person, mark) => `${person.name}, ${longOf(mark)}`;

export function rosterView(app) {
  const { today } = app.record;
  const people = peopleOf(today);
  const rows = new Map();
  const count = { all: people.length, some: 0 };
  const duty = people.filter((person) => person.required);
  const exempt = people.filter((person) => !person.required);
  let only = app.only;

  const search = el("input", { type: "search", id: "search", autocomplete: "off", placeholder: "Nama atau 4 angka NIP", on: { input: filter } });
  const all = el("button", { type: "button", on: { click: () => narrow(false) } });
  const some = el("button", { type: "button", on: { click: () => narrow(true) } });
  const sums = el("p", { id: "sums", className: "sums" });
  const empty = el("p", { className: "quiet", hidden: true }, "Tidak ada yang cocok.");

  function narrow(value) {
    only = app.only = value;
    filter();
  }
  function filter() {
    const wanted = fold(search.value.trim());
    const marks = marksOf(today, app.record.draft);
    let seen = 0;
    for (const [id, { row, person, key }] of rows) {
      row.hidden = !(key.includes(wanted) && (!only || isException(marks.get(id), person)));
      seen += !row.hidden;
    }
    empty.hidden = seen > 0;
    rest.hidden = !exempt.some((person) => !rows.get(person.asn_id).row.hidden);
    all.setAttribute("aria-pressed", String(!only));
    some.setAttribute("aria-pressed", String(only));
  }
  function paint(aloud) {
    const marks = marksOf(today, app.record.draft);
    for (const [id, { press, person, shown }] of rows) {
      const mark = marks.get(id);
      if (shown.mark !== undefined && same(shown.mark, mark)) continue;
      shown.mark = mark;
      press.replaceChildren(el("span", { className: "who" }, nameOf(person.name), el("span", { className: "digits" }, person.nip)), chip(mark));
      press.setAttribute("aria-label", spoken(person, mark));
    }
    count.some = people.filter((person) => isException(marks.get(person.asn_id), person)).length;
    all.textContent = `Semua (${count.all})`;
    some.textContent = `Pengecualian (${count.some})`;
    sums.textContent = sentence(figuresOf(marks));
    if (aloud) say(sums.textContent);
    filter();
  }
  const rowOf = (person) => {
    const press = button("", () => openSheet(app, person, () => paint(true)), "person");
    const row = el("li", {}, press);
    rows.set(person.asn_id, { row, press, person, key: fold(`${person.name} ${person.nip}`), shown: {} });
    return row;
  };
  const rest = el("section", {},
    el("h2", {}, "Tidak wajib atau dari unit lain"),
    el("ul", { className: "people", aria: { label: "Tidak wajib atau dari unit lain" } }, exempt.map(rowOf)));

  const view = el("div", { className: "view" },
    head(app),
    el("main", {},
      el("p", { className: "hint" }, hintOf(today)),
      app.staleNote() ?? (today.report && button("Batal, pakai laporan terakhir", app.useTheirs)),
      today.report && wordsToRead(app),
      joinFold(app),
      el("div", { className: "finder" }, el("label", { htmlFor: "search" }, "Cari pegawai"), search),
      el("div", { className: "units", role: "group", aria: { label: "Tampilkan" } }, all, some),
      el("ul", { className: "people", aria: { label: "Pegawai wajib apel" } }, duty.map(rowOf)),
      rest,
      empty),
    foot(app),
    el("section", { className: "bar", aria: { label: "Jumlah dan kirim" } }, sums, button("Periksa & kirim", () => app.go("periksa"), "main")));
  paint(false);
  return view;
}

function hintOf(today) {
  if (tellsFigures(today)) return `Laporan terakhir hanya berisi angka: ${sentence(today.report)}. Tandai orangnya; kedua angka diperbandingkan sebelum dikirim.`;
  if (today.report) return "Ketuk nama yang berubah. Yang lain tetap seperti laporan terakhir.";
  return "Semua dianggap hadir, kecuali yang sudah ada suratnya. Ketuk nama yang berbeda.";
}

// One tap on a code marks the person and closes the sheet.
function openSheet(app, person, done) {
  const { today } = app.record;
  const current = marksOf(today, app.record.draft).get(person.asn_id);
  const suggested = suggestionsOf(today).get(person.asn_id);
  const note = el("input", { id: "mark-note", maxLength: 200, value: current?.note ?? "", autocomplete: "off" });
  const choose = async (mark) => {
    const words = note.value.trim();
    // A letter's number stays with the code it was written for.
    const kept = words && (words !== current?.note || same({ ...mark, note: null }, { ...current, note: null })) ? words : null;
    await app.mark(person.asn_id, mark && { ...mark, note: kept ?? (suggested && mark.status === suggested.status && mark.mode === (suggested.mode ?? undefined) ? suggested.note : null) });
    sheet.close();
    if (app.record) done();
  };
  const option = (mark) =>
    el("button", { type: "button", className: `code ${kindOf(mark)}`, aria: { pressed: same({ ...mark, note: null }, { ...current, note: null }) }, on: { click: () => choose(mark) } },
      el("b", {}, shortOf(mark)), el("span", {}, mark ? (mark.status === "H" ? (mark.mode === "wfa" ? "dari Zoom" : "di kantor") : CODES[mark.status]) : "Tidak dihitung"));
  const choices = person.required || person.guest
    ? [[USUAL, "codes big"], [[...SELDOM, ...LONGER], "codes"]]
    : [[[null, ...EXEMPT], "codes"]];
  const sheet = el("dialog", { className: "sheet", aria: { labelledby: "sheet-title" }, on: { close: () => { sheet.remove(); app.closed(); }, click: (event) => { if (event.target === sheet) sheet.close(); } } },
    el("div", { className: "inner" },
      el("h2", { id: "sheet-title" }, nameOf(person.name)),
      suggested && !isHere(suggested) && el("p", { className: "quiet" }, `Saran: ${longOf(suggested)}${suggested.note ? ` (${suggested.note})` : ""}`),
      choices.map(([marks, className]) => el("div", { className }, marks.map(option))),
      el("label", { htmlFor: "mark-note" }, "Keterangan, mis. nomor surat (boleh kosong; isi sebelum memilih)"),
      note,
      button("Tutup", () => sheet.close(), "wide")));
  document.body.append(sheet);
  sheet.showModal();
}

// What another tab has changed meanwhile is not sent before it was looked at; what is written in this view, is.
function sending(app, alert) {
  const said = () => JSON.stringify([app.record.today.etag, bodyOf(app.record.today, app.record.draft, null).entries]);
  const looked = said();
  const shows = () => said() === looked && document.getElementById("others")?.textContent === String(othersOf(app.record.today, app.record.draft));
  return async ({ currentTarget: press }) => {
    if (app.record.today.report && !app.record.draft?.reason) {
      alert.textContent = "Pilih alasan perubahan dahulu.";
      document.getElementById("reason").focus();
      return;
    }
    press.disabled = true; // a second tap is not a second report
    if (!(await app.readAgain())) return;
    if (shows()) return app.send(bodyOf(app.record.today, app.record.draft, new Date(serverNow(app.record)).toISOString()));
    app.notice = "Isian berubah di tab lain. Periksa lagi, lalu kirim.";
    app.show();
  };
}

export function reviewView(app) {
  const { today, draft } = app.record;
  const marks = marksOf(today, draft);
  const late = !today.report && new Date(today.deadline) < serverNow(app.record);
  const alert = el("p", { role: "alert", className: "bad" });
  const { beside, idle, press, weigh } = weighing(app, sending(app, alert));
  return el("div", { className: "view" },
    head(app),
    el("main", {},
      el("h2", { id: "look", tabIndex: -1 }, today.report ? "Periksa perubahan, lalu kirim" : "Periksa, lalu kirim"),
      app.staleNote(),
      el("p", { className: "total" }, sentence(figuresOf(marks))),
      beside,
      today.report && [reasonField(app, draft), idle],
      figureTable(figuresOf(marks)),
      exceptions(app, marks),
      stepper(app, weigh),
      noteField(app, weigh),
      late && el("p", { className: "note look" }, "Tenggat sudah lewat. Tetap kirim: laporan diterima dan ditandai terlambat."),
      alert),
    el("section", { className: "bar", aria: { label: "Jumlah dan kirim" } }, button("Kembali", () => app.go("")), press));
}

// What differs, and whether that is something to send: weighed anew after each step and word in this view.
function weighing(app, send) {
  const amends = Boolean(app.record.today.report);
  const beside = el("div");
  const idle = el("p", { className: "note" }, "Belum ada yang berubah dari laporan terakhir.");
  const press = el("button", { type: "button", id: "send", className: "main", on: { click: send } }, amends ? "Kirim perubahan" : "Kirim laporan");
  const weigh = () => {
    beside.replaceChildren(...[compared(app)].flat());
    press.disabled = amends && !isChanged(app.record.today, app.record.draft);
    idle.hidden = !press.disabled;
  };
  weigh();
  return { beside, idle, press, weigh };
}

// What is new in it: beside figures alone the figures, else person by person.
function compared(app) {
  const { today, draft } = app.record;
  const marks = marksOf(today, draft);
  if (!tellsFigures(today)) return differences(today, marks) ?? [];
  const now = { ...figuresOf(marks), others: othersOf(today, draft) };
  return besideTable(today.report, now, [`Versi ${today.report.version}`, "Sekarang"], "Perbandingan dengan laporan terakhir");
}

export function figureTable(figures) {
  const rows = [
    ["Wajib apel", figures.strength], ["Hadir di kantor", figures.present.wfo], ["Hadir WFA", figures.present.wfa],
    ...Object.entries(figures.excused).map(([code, number]) => [`${code} · ${CODES[code] ?? code}`, number]),
    ["TK · Tanpa keterangan", figures.unexplained],
    ...Object.entries(figures.not_required).map(([code, number]) => [`${code} · ${CODES[code] ?? code} (tidak wajib)`, number]),
  ].filter(([, number], index) => number || index < 2);
  return el("table", { className: "figures" }, el("caption", { className: "unseen" }, "Angka laporan"),
    el("tbody", {}, rows.map(([word, number]) => el("tr", {}, el("th", { scope: "row" }, word), el("td", { className: "number" }, String(number))))));
}

function exceptions(app, marks) {
  const people = peopleOf(app.record.today).filter((person) => isException(marks.get(person.asn_id), person));
  if (!people.length) return el("p", {}, "Tidak ada pengecualian: semua hadir di kantor.");
  const row = (person) => {
    const mark = marks.get(person.asn_id);
    const again = () => {
      app.show();
      (document.querySelector(`[data-person="${person.asn_id}"]`) ?? document.getElementById("look"))?.focus();
    };
    const press = el("button", { type: "button", className: "person", data: { person: person.asn_id }, on: { click: () => openSheet(app, person, again) } },
      el("span", { className: "who" }, nameOf(person.name), mark?.note && el("span", { className: "digits" }, nameOf(mark.note))), chip(mark));
    press.setAttribute("aria-label", spoken(person, mark));
    return el("li", {}, press);
  };
  return [el("h3", {}, `Pengecualian (${people.length})`), el("ul", { className: "people" }, people.map(row))];
}

function differences(today, marks) {
  const before = today.report ? basisOf(today) : suggestionsOf(today);
  // An exception that a person taps is the report itself; what needs a second look is a letter that is set aside.
  const changed = peopleOf(today).filter((person) => {
    const [old, now] = [before.get(person.asn_id), marks.get(person.asn_id)];
    return !same(old, now) && (today.report || !isHere(old));
  });
  if (!changed.length) return null;
  const title = today.report ? `Berbeda dari versi ${today.report.version}` : "Berbeda dari surat yang sudah disahkan";
  return [el("h3", {}, title), el("ul", { className: "diff" }, changed.map((person) => el("li", {}, nameOf(person.name),
    `: ${longOf(before.get(person.asn_id))} → ${longOf(marks.get(person.asn_id))}`)))];
}

function stepper(app, weigh) {
  const field = el("output", { id: "others", className: "count" }, String(othersOf(app.record.today, app.record.draft)));
  const step = (by) => async () => {
    const number = Math.min(9999, Math.max(0, othersOf(app.record.today, app.record.draft) + by));
    await app.edit((now) => ({ ...now, others: number }));
    field.textContent = String(number);
    if (app.record) weigh();
  };
  const press = (words, label, by) => el("button", { type: "button", aria: { label }, on: { click: step(by) } }, words);
  return el("div", { className: "stepper", role: "group", aria: { labelledby: "others-label" } },
    el("p", { id: "others-label" }, "Lainnya: orang di ruangan yang bukan ASN unit ini (THL, tamu)"),
    el("div", { className: "pair" }, press("−", "Kurangi satu", -1), field, press("+", "Tambah satu", 1)));
}

function chips(words, choose) {
  return el("div", { className: "chips" }, words.map((word) => button(word, () => choose(word))));
}

function noteField(app, weigh) {
  const write = async () => {
    await app.edit((now) => ({ ...now, note: field.value }));
    if (app.record) weigh();
  };
  const field = el("textarea", { id: "note", rows: 2, maxLength: 2000, value: noteOf(app.record.today, app.record.draft), on: { input: write } });
  const add = (word) => {
    field.value = [field.value.trim(), word].filter(Boolean).join(". ");
    write();
  };
  return el("details", { className: "more", open: Boolean(field.value) }, el("summary", {}, "Catatan (boleh kosong)"),
    el("label", { htmlFor: "note" }, "Catatan untuk kepegawaian"), field, chips(NOTES, add));
}

function reasonField(app, draft) {
  const write = () => app.edit((now) => ({ ...now, reason: field.value.trim() }));
  const field = el("input", { id: "reason", maxLength: 200, value: draft?.reason ?? "", autocomplete: "off", on: { input: write } });
  const choose = (word) => {
    field.value = word;
    write();
    say(`Alasan: ${word}`);
  };
  return el("div", { className: "reason" }, el("label", { htmlFor: "reason" }, "Alasan perubahan"), chips(REASONS, choose), field);
}

