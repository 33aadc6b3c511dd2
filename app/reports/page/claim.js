// What is said about each person, and the figures that follow: sums are counted from the marks and never typed.
export const CODES = {
  DL: "Dinas luar", DD: "Dinas dalam", DK: "Diklat", TB: "Tugas belajar", S: "Sakit", I: "Izin", CT: "Cuti tahunan",
  CB: "Cuti besar", CS: "Cuti sakit", CM: "Cuti melahirkan", CP: "Cuti alasan penting", CLTN: "Cuti di luar tanggungan",
  TK: "Tanpa keterangan", SF: "Sif / piket", MPP: "Persiapan pensiun", DPK: "Dipekerjakan", DPB: "Diperbantukan", BS: "Bebas sementara",
};
const NOT_REQUIRED = ["SF", "MPP", "DPK", "DPB", "BS"];
const here = { status: "H", mode: "wfo", note: null };

// In the order in which they are used on a Monday.
export const USUAL = [
  { status: "H", mode: "wfo" }, { status: "H", mode: "wfa" }, { status: "DL" }, { status: "S" }, { status: "I" }, { status: "CT" }, { status: "TK" }, { status: "DD" }, { status: "SF" },
];
export const SELDOM = ["CS", "CM", "CP", "CB", "CLTN", "TB", "DK"].map((status) => ({ status }));
export const LONGER = NOT_REQUIRED.filter((status) => status !== "SF").map((status) => ({ status }));
export const EXEMPT = NOT_REQUIRED.map((status) => ({ status }));

export const isHere = (mark) => mark?.status === "H" && mark.mode !== "wfa";
export const same = (one, other) =>
  (one?.status ?? null) === (other?.status ?? null) && (one?.mode ?? null) === (other?.mode ?? null) && (one?.note ?? null) === (other?.note ?? null);

export function shortOf(mark) {
  if (!mark) return "–";
  return mark.status === "H" ? (mark.mode === "wfa" ? "WFA" : "Hadir") : mark.status;
}
export function longOf(mark) {
  if (!mark) return "Tidak dihitung";
  if (mark.status === "H") return mark.mode === "wfa" ? "Hadir, WFA (Zoom)" : "Hadir di kantor";
  return CODES[mark.status] ?? mark.status;
}
export function kindOf(mark) {
  if (!mark || NOT_REQUIRED.includes(mark.status)) return "wait";
  if (mark.status === "H") return mark.mode === "wfa" ? "room" : "good";
  return mark.status === "TK" ? "bad" : "look";
}

const markOf = ({ status, mode, note }) => ({ status, mode: status === "H" ? (mode ?? "wfo") : null, note: note ?? null });

// Who need not come is named only as such: a letter for a day off makes nobody duty-bound.
function suggestionOf(person) {
  const { status } = person.suggested;
  return status && (person.required || NOT_REQUIRED.includes(status)) ? markOf(person.suggested) : null;
}

export const suggestionsOf = (today) => new Map(today.roster.items.map((person) => [person.asn_id, suggestionOf(person)]));

// Where the phone begins: the report in force where there is one, else the suggestions.
export function basisOf(today) {
  const { roster, report } = today;
  if (!report?.entries) return suggestionsOf(today);
  const named = new Map(report.entries.map((entry) => [entry.asn_id, markOf(entry)]));
  const rest = (person) => (report.entries_are === "exceptions" && person.required ? here : null);
  const basis = new Map(roster.items.map((person) => [person.asn_id, named.get(person.asn_id) ?? rest(person)]));
  for (const [id, mark] of named) if (!basis.has(id)) basis.set(id, mark);
  return basis;
}

// Everybody who is or may be named: the roster, and whom the report in force names beside it.
export function peopleOf(today) {
  const known = new Set(today.roster.items.map((person) => person.asn_id));
  const others = (today.report?.entries ?? []).filter((entry) => !known.has(entry.asn_id));
  return [
    ...today.roster.items,
    ...others.map((entry) => ({ asn_id: entry.asn_id, nip: entry.nip, name: entry.name ?? "Pegawai unit lain", required: false, guest: true })),
  ];
}

export function marksOf(today, draft) {
  const marks = basisOf(today);
  for (const [id, mark] of Object.entries(draft?.marks ?? {})) if (marks.has(id)) marks.set(id, mark);
  return marks;
}

export function figuresOf(marks) {
  const figures = { strength: 0, present: { wfo: 0, wfa: 0 }, excused: {}, unexplained: 0, not_required: {} };
  const add = (counts, code) => { counts[code] = (counts[code] ?? 0) + 1; };
  for (const mark of marks.values()) {
    if (!mark) continue;
    if (NOT_REQUIRED.includes(mark.status)) { add(figures.not_required, mark.status); continue; }
    figures.strength += 1;
    if (mark.status === "H") figures.present[mark.mode ?? "wfo"] += 1;
    else if (mark.status === "TK") figures.unexplained += 1;
    else add(figures.excused, mark.status);
  }
  return figures;
}

const total = (counts) => Object.values(counts).reduce((sum, number) => sum + number, 0);
export const presentIn = (figures) => figures.present.wfo + figures.present.wfa;
export const excusedIn = (figures) => total(figures.excused);
export const exemptIn = (figures) => total(figures.not_required);

export function sentence(figures) {
  const parts = [[presentIn(figures), "hadir"], [excusedIn(figures), "keterangan"], [figures.unexplained, "TK"]];
  const exempt = exemptIn(figures);
  const sum = parts.filter(([number], index) => number || index === 0).map(([number, word]) => `${number} ${word}`).join(" + ");
  return `${figures.strength} wajib = ${sum}${exempt ? ` (${exempt} tidak wajib)` : ""}`;
}

const othersOf = (today, draft) => draft?.others ?? today.report?.others ?? 0;
export const noteOf = (today, draft) => (draft?.note ?? today.report?.note ?? "").trim();
export { othersOf };

export function bodyOf(today, draft, preparedAt) {
  const marks = marksOf(today, draft);
  const required = new Set(today.roster.items.filter((person) => person.required).map((person) => person.asn_id));
  const entries = [...marks]
    .filter(([id, mark]) => mark && !(isHere(mark) && !mark.note && required.has(id)))
    .map(([asn_id, { status, mode, note }]) => ({ asn_id, status, ...(status === "H" ? { mode } : {}), ...(note ? { note } : {}) }));
  return {
    ...figuresOf(marks),
    others: othersOf(today, draft),
    entries_are: "exceptions",
    entries,
    prepared_at: preparedAt,
    note: noteOf(today, draft) || null,
    reason: today.report ? draft?.reason || null : null,
  };
}

// A report of figures alone, told by phone for example, names nobody: only figures can be held against it.
export const tellsFigures = (today) => Boolean(today.report && !today.report.entries);

const FIGURES = [
  ["Wajib", (one) => one.strength], ["Hadir", presentIn], ["WFA di antaranya", (one) => one.present.wfa],
  ["Keterangan", excusedIn], ["TK", (one) => one.unexplained], ["Tidak wajib", exemptIn], ["Lainnya", (one) => one.others],
];
const perCode = (name) => (before, after) =>
  [...new Set([before, after].flatMap((one) => Object.keys(one[name])))].sort().map((code) => [`${code} · ${CODES[code] ?? code}`, (one) => one[name][code] ?? 0]);
const differ = (before, after) => ([, figure]) => figure(before) !== figure(after);

// [word, before, after] of every figure; of single codes only what differs, so that one S for one DL is seen.
export function besideEachOther(before, after) {
  const codes = [perCode("excused"), perCode("not_required")].flatMap((rows) => rows(before, after)).filter(differ(before, after));
  return [...FIGURES, ...codes].map(([word, figure]) => [word, figure(before), figure(after)]);
}
const figuresDiffer = (before, after) => besideEachOther({ ...before, others: 0 }, { ...after, others: 0 }).some(([, one, other]) => one !== other);

// Whether anything was tapped that the basis does not say already.
export function isTapped(today, draft) {
  if (!draft) return false;
  const basis = basisOf(today);
  const marked = Object.entries(draft.marks).some(([id, mark]) => basis.has(id) && !same(mark, basis.get(id)));
  return marked || othersOf(today, draft) !== othersOf(today, null) || noteOf(today, draft) !== noteOf(today, null);
}

// Whether it would say something new: over figures alone, other figures do, and so does naming somebody.
export const isChanged = (today, draft) =>
  isTapped(today, draft) || Boolean(draft && tellsFigures(today) && figuresDiffer(today.report, figuresOf(marksOf(today, draft))));

// The marks of a body that was written but not taken, over another basis: what its writer meant, person by person.
export function marksOfBody(today, body) {
  const said = new Map(body.entries.map((entry) => [entry.asn_id, markOf(entry)]));
  const marks = {};
  for (const person of peopleOf(today)) marks[person.asn_id] = said.get(person.asn_id) ?? (person.required ? here : null);
  return marks;
}
