// One person's year at the apel, for those who may read it: marks, streak, ledger, each line down to its evidence.
import { count, el, percent, points } from "/bagian/base.js";
import { openEvidence } from "/kantor/facts.js";
import { scoreLines } from "/kantor/lines.js";
import { get, place, may, STAFF } from "/kantor/place.js";
import { empty, fill, part } from "/kantor/states.js";
import { STATUSES } from "/kantor/words.js";

const UNSAID = {
  "no-rule-set": "Kebijakan yang berlaku tidak menilai perorangan.",
  "too-few-apels": "Apel yang dihitung masih terlalu sedikit untuk dinilai.",
  "not-all-seen": "Sebagian catatan ada di OPD lain, sehingga nilainya tidak dibuat di sini.",
};

export async function show(node, asnId, chosen) {
  const heading = el("h1", {}, "Pegawai");
  const served = el("span");
  const years = el("nav", { ariaLabel: "Tahun", className: "tools" });
  const body = el("div");
  node.append(
    el("div", { className: "head" }, heading, years),
    el(
      "p",
      { className: "quiet" },
      served,
      "Catatan apel, bukan hari kerja. Layanan ini hanya merekomendasikan; keputusan tentang seseorang diambil oleh pejabat.",
    ),
    body,
  );
  await fill(
    body,
    () => get(`/v1/scores/asn/${asnId}${chosen ? `?year=${chosen}` : ""}`),
    (scores) => {
      years.replaceChildren(
        ...[scores.year - 1, scores.year, scores.year + 1].map((year) =>
          el("a", { href: `#/asn/${asnId}/${year}`, ...(year === scores.year ? { ariaCurrent: "true" } : {}) }, String(year)),
        ),
      );
      return [
        el(
          "div",
          { className: "pair" },
          year(scores),
          part("Apel demi apel", () => get(scores.href), days),
        ),
        el(
          "section",
          {},
          el("h2", {}, "Nilai, baris demi baris"),
          scores.lines.length ? scoreLines(scores.lines) : empty(UNSAID[scores.no_points] ?? "Belum ada yang dinilai."),
        ),
      ];
    },
  );
  if (may(...STAFF)) await nameIt(heading, served, asnId);
  else heading.textContent = place.me.name;
}

// The name is the register's; who may not read the person there still reads the figures.
async function nameIt(heading, served, asnId) {
  const person = await get(`/v1/asn/${asnId}`).catch(() => null);
  if (!person) return;
  const now = person.assignments[0];
  heading.textContent = person.name;
  document.title = `${person.name} – Kantor – Apel Virtual`;
  if (now) served.replaceChildren(el("a", { href: `#/opd/${now.opd_code}` }, now.opd_code), ` · ${now.position}. `);
}

function year(scores) {
  const marks = Object.entries(scores.marks)
    .map(([code, number]) => `${STATUSES[code] ?? code} ${count(number)}`)
    .join(", ");
  const { streak, ledger } = scores;
  const rows = [
    [
      "Nilai",
      scores.points === null
        ? (UNSAID[scores.no_points] ?? "–")
        : `${points(scores.points)} dari ${count(scores.apels)} apel yang dihitung`,
    ],
    ["Hadir dari yang wajib", `${percent(scores.duty_rate)} (${count(scores.duty_rate.numerator)}/${count(scores.duty_rate.denominator)})`],
    ["Catatan", marks || "belum ada"],
    ["Tanpa keterangan", scores.unexplained_on.map((on) => place.clock.short(on)).join(", ") || "nihil"],
    ["Belum disimpulkan", `${count(scores.pending)}${scores.disputed ? `; dipersoalkan ${count(scores.disputed)}` : ""}`],
    streak && ["Berturut-turut", `sekarang ${count(streak.now)}, terpanjang ${count(streak.best)}, bonus ${count(streak.bonus)}`],
    ledger && ["Buku apel", `${count(ledger.misses)} terlewat${ledger.step ? `. ${ledger.step.advice}` : ""}`],
  ].filter(Boolean);
  return el(
    "section",
    {},
    el("h2", {}, `Tahun ${scores.year}`),
    el(
      "dl",
      { className: "rows" },
      rows.map(([name, words]) => el("div", {}, el("dt", {}, name), el("dd", {}, words))),
    ),
  );
}

const MARKS = { H: "good", TK: "bad", BL: "look" };
function days({ items }) {
  if (!items.length) return empty("Belum ada apel.");
  return el(
    "ul",
    { className: "days" },
    items.map((day) => {
      const [code, words] = day.pending
        ? ["…", "belum disimpulkan"]
        : day.status === null
          ? ["?", "dipersoalkan"]
          : [day.status === "excused" ? "✓" : day.status, STATUSES[day.status] ?? day.status];
      return el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            className: `day ${MARKS[day.status] ?? "wait"}`,
            on: { click: () => openEvidence(`Catatan ${place.clock.short(day.date)}`, `/v1/attendance/${day.mark_id}`) },
          },
          el("span", {}, place.clock.short(day.date)),
          el("strong", { ariaHidden: "true" }, ` ${code} `),
          el("span", {}, `${words}${day.mode === "wfa" ? " (WFA)" : ""}`),
        ),
      );
    }),
  );
}
