// Who stands where, among OPDs of like size: points, tier, ties, and why somebody has no rank.
import { el, percent, points } from "/bagian/base.js";
import { openFact } from "/kantor/facts.js";
import { all, get, lastMondays, place } from "/kantor/place.js";
import { empty, fill } from "/kantor/states.js";
import { TIERS } from "/kantor/words.js";

let span = "month";

export async function show(node) {
  const body = el("div");
  const choose = el(
    "select",
    {
      id: "span",
      on: {
        change: () => {
          span = choose.value;
          refresh();
        },
      },
    },
    [
      ["month", "bulan ini"],
      ["previous", "bulan lalu"],
      ["quarter", "tiga bulan terakhir"],
      ["year", "tahun ini"],
    ].map(([value, words]) => el("option", { value, selected: value === span }, words)),
  );
  const refresh = () => fill(body, load, draw);
  node.append(
    el(
      "div",
      { className: "head" },
      el("h1", {}, "Peringkat"),
      el("p", { className: "tools" }, el("label", { htmlFor: "span" }, "Rentang "), choose),
    ),
    el("p", { className: "quiet" }, "Hanya OPD dengan besar yang setara dibandingkan. Nilai yang sama berbagi peringkat."),
    body,
  );
  await refresh();
}

// Months are counted from the last apel, by the regency's calendar and not by this device's.
export function daysOf(chosen, last) {
  const [year, month] = (last ?? new Date().toISOString()).split("-").map(Number);
  const first = (back) => new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 10);
  if (chosen === "year") return `from=${year}-01-01&to=${year}-12-31`;
  const end = new Date(Date.UTC(year, month - (chosen === "previous" ? 1 : 0), 0)).toISOString().slice(0, 10);
  return `from=${first({ month: 0, previous: 1, quarter: 2 }[chosen])}&to=${end}`;
}

async function load() {
  const history = await lastMondays(12);
  const items = await all(`/v1/scores/opd?${daysOf(span, history.apels.at(-1)?.date)}`);
  const names = new Map((await get("/v1/opd?limit=200")).items.map((opd) => [opd.code, opd.short_name]));
  for (const row of history.opd) names.set(row.opd_code, row.short_name);
  return { items, names };
}

function draw({ items, names }) {
  if (!items.length) return empty("Belum ada apel bernilai dalam rentang ini.");
  const bands = Map.groupBy(items, (item) => item.band);
  const sizes = [...bands].toSorted(([, a], [, b]) => b[0].rate.denominator / b[0].apels - a[0].rate.denominator / a[0].apels);
  return el(
    "div",
    { className: "columns" },
    sizes.map(([band, rows]) => bandTable(band, rows, names)),
  );
}

function bandTable(band, rows, names) {
  const sorted = rows.toSorted((a, b) => (a.rank ?? 999) - (b.rank ?? 999) || b.points - a.points || a.opd_code.localeCompare(b.opd_code));
  const ranks = rows.map((row) => row.rank);
  const head = el(
    "tr",
    {},
    [
      ["Peringkat", 1],
      ["OPD", 0],
      ["Nilai", 1],
      ["Dari yang wajib", 1],
      ["Apel", 1],
      ["Predikat", 0],
    ].map(([words, number]) => el("th", { scope: "col", className: number ? "number" : "" }, words)),
  );
  return el(
    "section",
    {},
    el("h2", {}, `Kelompok ${band}`),
    el("p", { className: "quiet" }, `${rows[0].band_size} OPD; ${rows.filter((row) => row.rank).length} berperingkat.`),
    el(
      "div",
      { className: "wide", tabIndex: 0, role: "region", ariaLabel: `Peringkat kelompok ${band}` },
      el(
        "table",
        { className: "ranks" },
        el("caption", { className: "unseen" }, `Peringkat kelompok ${band}`),
        el("thead", {}, head),
        el(
          "tbody",
          {},
          sorted.map((row) => rankRow(row, names, ranks.filter((rank) => rank !== null && rank === row.rank).length > 1)),
        ),
      ),
    ),
  );
}

function rankRow(row, names, tied) {
  const rule = row.lines[0];
  const why = el(
    "button",
    { type: "button", className: "plain", on: { click: () => openFact(`Peringkat ${names.get(row.opd_code) ?? row.opd_code}`, rule) } },
    row.rank ? "dasar" : "mengapa?",
  );
  const shown = row.rank ? `${row.rank}${tied ? " (sama)" : ""}` : "–";
  return el(
    "tr",
    {},
    el("td", { className: "number rank" }, shown),
    el(
      "th",
      { scope: "row" },
      el("a", { href: `#/opd/${row.opd_code}` }, names.get(row.opd_code) ?? row.opd_code),
      row.rank ? null : el("div", { className: "quiet small" }, unranked(rule?.facts)),
    ),
    el("td", { className: "number" }, points(row.points)),
    el("td", { className: "number" }, percent(row.duty_rate)),
    el("td", { className: "number" }, String(row.apels)),
    el("td", {}, row.tier ? (TIERS[row.tier] ?? row.tier) : "", " ", why),
  );
}

export function unranked(facts) {
  if (!facts) return "";
  if (facts.apels < facts.minimum_apels) return `Baru ${facts.apels} apel; peringkat dibuat mulai ${facts.minimum_apels}.`;
  return `Kurang dari ${facts.minimum_strength} orang; satu orang terlalu menentukan angkanya.`;
}
