// OPDs × Mondays as a table: each cell shows its figure, is darker the more are missing, and leads to the reasons.
import { count, el, percent, points } from "/bagian/base.js";
import { place } from "/kantor/place.js";
import { REPORTS } from "/kantor/words.js";

const MEASURES = {
  duty_rate: { name: "Hadir dari yang wajib", of: (cell) => cell.duty_rate.percent },
  rate: { name: "Hadir dari seluruhnya", of: (cell) => cell.rate.percent },
  points: { name: "Nilai", of: (cell) => cell.points },
};
// From here on a step is lighter; the last one has nobody missing to speak of.
const STEPS = [
  [98, "98 ke atas"],
  [95, "95 – 97,9"],
  [90, "90 – 94,9"],
  [80, "80 – 89,9"],
  [-1, "di bawah 80"],
];
const SORTS = { protocol: "urutan protokol", low: "terendah dahulu", band: "kelompok besar OPD" };
const oneDecimal = new Intl.NumberFormat("id-ID", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
// For narrow places; the whole figure stands one step away.
export const brief = (value) => (value === null ? "–" : value === 100 ? "100" : oneDecimal.format(value));
let [measure, sort] = ["duty_rate", "band"];

export function heatMap(history) {
  const told = el("p", { className: "told", ariaHidden: "true" });
  const frame = el("div", { className: "wide heat" });
  const redraw = () => frame.replaceChildren(table(history, told));
  const pick = (label, id, choices, value, take) => {
    const made = el(
      "select",
      {
        id,
        on: {
          change: () => {
            take(made.value);
            redraw();
          },
        },
      },
      Object.entries(choices).map(([key, words]) => el("option", { value: key, selected: key === value }, words.name ?? words)),
    );
    return [el("label", { htmlFor: id }, label), made];
  };
  redraw();
  return el(
    "section",
    {},
    el(
      "div",
      { className: "head" },
      el("h2", {}, "Senin demi Senin"),
      el(
        "p",
        { className: "tools" },
        pick("Angka ", "measure", MEASURES, measure, (value) => {
          measure = value;
        }),
        pick(" Susunan ", "sort", SORTS, sort, (value) => {
          sort = value;
        }),
      ),
    ),
    legend(),
    frame,
    told,
    el(
      "p",
      { className: "quiet hint" },
      "Pilih sel untuk melihat alasannya. Dengan papan ketik: tombol panah berpindah sel, Enter membuka.",
    ),
  );
}

function legend() {
  return el(
    "p",
    { className: "legend" },
    "Makin pekat, makin banyak yang tidak hadir: ",
    STEPS.map(([, words], step) => el("span", { className: `swatch h${step}` }, words)),
    el("span", { className: "swatch silent" }, "BL belum lapor"),
    el("span", { className: "swatch none" }, "· tidak dipanggil"),
  );
}

const stepOf = (value) => STEPS.findIndex(([least]) => value >= least);
const valueOf = (cell) => (cell && cell.report !== "missing" ? MEASURES[measure].of(cell) : null);

function groups({ opd }) {
  if (sort === "protocol") return [["", opd]];
  if (sort === "low") {
    const last = (row) => valueOf(row.cells.findLast((cell) => cell)) ?? 101;
    return [["", opd.toSorted((a, b) => last(a) - last(b) || a.order - b.order)]];
  }
  const bands = [...new Set(opd.map((row) => row.band))];
  const largest = (band) => Math.max(...opd.filter((row) => row.band === band).map(strengthOf));
  return bands
    .sort((a, b) => largest(b) - largest(a))
    .map((band) => [band ? `Kelompok ${band}` : "Belum berkelompok", opd.filter((row) => row.band === band)]);
}
const strengthOf = (row) => Math.max(0, ...row.cells.map((cell) => cell?.rate.denominator ?? 0));

function table(history, told) {
  const head = el(
    "tr",
    {},
    el("th", { scope: "col" }, "OPD"),
    history.apels.map((apel) => el("th", { scope: "col", className: "number" }, place.clock.short(apel.date))),
  );
  const bodies = groups(history).map(([title, rows]) =>
    el(
      "tbody",
      {},
      title &&
        el(
          "tr",
          {},
          el("th", { scope: "rowgroup", colSpan: history.apels.length + 1, className: "band" }, `${title} · ${rows.length} OPD`),
        ),
      rows.map((row) => line(history, row)),
    ),
  );
  const made = el(
    "table",
    { on: { keydown: move, focusin: (event) => tell(event, told), pointerover: (event) => tell(event, told) } },
    el("caption", { className: "unseen" }, `${MEASURES[measure].name}, tiap OPD pada ${history.apels.length} apel terakhir`),
    el("thead", {}, head),
    bodies,
  );
  made.querySelectorAll("td a").forEach((link, number) => {
    link.tabIndex = number ? -1 : 0;
  });
  return made;
}

function line(history, row) {
  const name = el("th", { scope: "row" }, el("a", { href: `#/opd/${row.opd_code}`, title: row.name }, row.short_name));
  return el(
    "tr",
    {},
    name,
    row.cells.map((cell, at) => square(history.apels[at], row, cell)),
  );
}

function square(apel, row, cell) {
  if (!cell)
    return el("td", { className: "none" }, el("span", { ariaHidden: "true" }, "·"), el("span", { className: "unseen" }, "tidak dipanggil"));
  const value = valueOf(cell);
  const [kind, shown] = cell.report === "missing" ? ["silent", "BL"] : value === null ? ["none", "–"] : [`h${stepOf(value)}`, brief(value)];
  const link = el("a", { href: `#/opd/${row.opd_code}/${apel.apel_id}`, ariaLabel: sentence(apel, row, cell) }, shown);
  return el("td", { className: kind }, link);
}

function sentence(apel, row, cell) {
  const { duty_rate: duty } = cell;
  const said =
    cell.report === "missing"
      ? "belum lapor"
      : `hadir ${count(duty.numerator)} dari ${count(duty.denominator)} yang wajib, ${percent(duty)}; ${REPORTS[cell.report] ?? cell.report}`;
  return `${row.short_name}, ${place.clock.short(apel.date)}: ${said}${cell.points === null ? "" : `; nilai ${points(cell.points)}`}`;
}

function tell(event, told) {
  const link = event.target.closest("td a");
  if (link) told.textContent = link.ariaLabel;
}

// One stop for the Tab key; arrows walk through the cells.
function move(event) {
  const cell = event.target.closest("td");
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!cell || !step) return;
  const rows = [...event.currentTarget.querySelectorAll("tbody tr")].filter((row) => row.querySelector("td"));
  let [down, across] = [rows.indexOf(cell.parentElement), cell.cellIndex];
  let target = null;
  do {
    [down, across] = [down + step[0], across + step[1]];
    target = rows[down]?.cells[across];
  } while (target && !target.querySelector("a"));
  const link = target?.matches("td") && target.querySelector("a");
  if (!link) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  link.tabIndex = 0;
  link.focus();
}
