// One OPD: why it is red, its score line by line, its Mondays against itself, where it stands, its people.
import { count, el, percent, points } from "/bagian/base.js";
import { lineChart } from "/kantor/charts.js";
import { openEvidence, openFact } from "/kantor/facts.js";
import { brief } from "/kantor/heat.js";
import { scoreLines } from "/kantor/lines.js";
import { all, get, lastMondays, may, place } from "/kantor/place.js";
import { unranked } from "/kantor/ranking.js";
import { empty, part } from "/kantor/states.js";
import { CHANNELS, GRADES, LIGHTS, REPORTS, STATUSES, TIERS } from "/kantor/words.js";

const HALF_YEAR = 182;

export async function show(node, code, chosen) {
  const history = await lastMondays(12);
  const row = history.opd.find((one) => one.opd_code === code);
  const apelId = chosen ?? history.apels.at(-1)?.apel_id;
  const apel = history.apels.find((one) => one.apel_id === apelId);
  const day = apel ? place.clock.short(apel.date) : "apel ini";
  document.title = `${row?.short_name ?? code} – Kantor – Apel Virtual`;
  node.append(el("p", { className: "crumb" }, el("a", { href: "#/" }, "Ikhtisar")), el("h1", {}, row?.name ?? code));
  if (!apelId) return void node.append(empty("Belum ada apel yang selesai disimpulkan."));
  node.append(mondays(history, row, code, apelId));
  node.append(
    el(
      "div",
      { className: "pair" },
      part(`Kenapa begitu, ${day}?`, () => get(`/v1/apel/${apelId}/board/${code}`), why, { className: "why" }),
      part(`Nilai ${day}`, () => scoreOf(apelId, code), score),
    ),
  );
  const since = new Date(Date.parse(history.apels.at(-1)?.date ?? new Date()) - HALF_YEAR * 86_400_000).toISOString().slice(0, 10);
  node.append(part("Setengah tahun terakhir", () => halfYear(code, since), weeks));
  if (may("bupati", "admin", "inspector", "opd_head", "opd_operator"))
    node.append(part("Pegawai tahun ini", () => all(`/v1/scores/asn?opd_code=${code}`), people));
}

function mondays(history, row, code, apelId) {
  const links = history.apels.map((apel, at) => {
    const cell = row?.cells[at];
    const said = !cell ? "–" : cell.report === "missing" ? "BL" : brief(cell.duty_rate.percent);
    return el(
      "li",
      {},
      el(
        "a",
        { href: `#/opd/${code}/${apel.apel_id}`, ...(apel.apel_id === apelId ? { ariaCurrent: "true" } : {}) },
        place.clock.short(apel.date),
        el("br"),
        el("strong", {}, said),
      ),
    );
  });
  return el("nav", { ariaLabel: "Apel", className: "mondays" }, el("ul", {}, links));
}

async function scoreOf(apelId, code) {
  const scores = await get(`/v1/apel/${apelId}/scores`);
  return { found: scores.opd.find((one) => one.opd_code === code), scores };
}

export function lightOf(light) {
  const [mark, words, kind] = LIGHTS[light];
  return el("span", { className: `tag ${kind}` }, el("span", { ariaHidden: "true" }, `${mark} `), words);
}

function why({ opd, findings }) {
  const { figures, report } = opd;
  const excused = Object.entries(figures.excused)
    .map(([key, number]) => `${STATUSES[key] ?? (key === "other" ? "lainnya" : key)} ${count(number)}`)
    .join(", ");
  const rows = [
    [
      "Laporan",
      `${REPORTS[report.state] ?? report.state}${report.at ? `, ${place.clock.time(report.at)} ${place.zone}` : ""}${report.channel && report.channel !== "app" ? ` lewat ${CHANNELS[report.channel] ?? report.channel}` : ""}`,
    ],
    [
      "Hadir",
      `${count(figures.present.wfo + figures.present.wfa)} dari ${count(figures.strength)}${figures.present.wfa ? ` (WFA ${count(figures.present.wfa)})` : ""}`,
    ],
    ["Dari yang wajib", `${percent(figures.duty_rate)} (${count(figures.duty_rate.numerator)}/${count(figures.duty_rate.denominator)})`],
    ["Berketerangan", excused || "nihil"],
    ["Tanpa keterangan", figures.unexplained === null ? "belum disimpulkan" : count(figures.unexplained)],
    ["Kepala", opd.head ? `${opd.head.name} – ${STATUSES[opd.head.status] ?? "belum diketahui"}` : "–"],
  ];
  return [
    el("p", {}, lightOf(opd.light), " ", opd.reasons.map((reason) => reason.text).join("; ") || "Tidak ada yang perlu dilihat."),
    el(
      "dl",
      { className: "rows" },
      rows.map(([name, words]) => el("div", {}, el("dt", {}, name), el("dd", {}, words))),
    ),
    findings.length ? el("ul", { className: "findings" }, findings.map(finding)) : null,
  ].filter(Boolean);
}

function finding(one) {
  const [mark, words, kind] = GRADES[one.grade];
  return el(
    "li",
    {},
    el("span", { className: `tag ${kind}` }, el("span", { ariaHidden: "true" }, `${mark} `), words),
    " ",
    one.text,
    one.state === "resolved" ? " (selesai) " : " ",
    el("button", { type: "button", className: "plain", on: { click: () => openEvidence("Temuan", `/v1/findings/${one.id}`) } }, "rincian"),
  );
}

function score({ found, scores }) {
  if (!found) return empty("Nilai OPD ini tidak terbuka bagi akun Anda, atau belum dihitung.");
  const whole = found.points === null ? "Belum dinilai" : `${points(found.points)} dari 100`;
  return [el("p", { className: "sum" }, el("strong", {}, whole), scores.provisional ? " SEMENTARA" : " FINAL"), scoreLines(found.lines)];
}

// In a score a silent OPD has nobody present; its line over time must not fall to zero for that.
async function halfYear(code, since) {
  const [found, history] = await Promise.all([get(`/v1/scores/opd/${code}?from=${since}`), lastMondays(26)]);
  const cells = history.opd.find((one) => one.opd_code === code)?.cells ?? [];
  const silent = new Set(history.apels.filter((_, at) => cells[at]?.report === "missing").map((apel) => apel.apel_id));
  return { ...found, items: found.items.map((item) => ({ ...item, silent: silent.has(item.apel_id) })) };
}

function standing(found) {
  if (!found) return null;
  const rule = found.lines[0];
  const words = found.rank
    ? `Peringkat ${found.rank} di kelompok ${found.band} (${found.band_size} OPD), predikat ${TIERS[found.tier] ?? found.tier}`
    : `Tanpa peringkat. ${unranked(rule?.facts)}`;
  return el(
    "p",
    {},
    `${words}; rata-rata ${points(found.points)} dari ${count(found.apels)} apel. `,
    rule && el("button", { type: "button", className: "plain", on: { click: () => openFact("Peringkat", rule) } }, "dasar"),
  );
}

function weeks({ opd_code: code, items, standing: found }) {
  if (!items.length) return empty("Belum ada apel bernilai.");
  const shown = items.toReversed();
  const own = (item) => item.own_average?.duty_rate.percent ?? null;
  const chart = lineChart({
    title: `Kehadiran ${code} pada ${shown.length} apel`,
    summary: `Hadir dari yang wajib, dibandingkan dengan rata-rata sendiri sebelum apel itu.`,
    labels: shown.map((item) => place.clock.short(item.date)),
    series: [
      {
        name: "dari yang wajib",
        values: shown.map((item) => (item.silent ? null : item.duty_rate.percent)),
        say: (_, at) => percent(shown[at].duty_rate),
      },
      { name: "rata-rata sendiri", values: shown.map(own), say: (_, at) => percent(shown[at].own_average?.duty_rate) },
    ],
  });
  const head = ["Apel", "Hadir/wajib", "Persen", "Selisih", "Nilai"].map((words, at) =>
    el("th", { scope: "col", className: at ? "number" : "" }, words),
  );
  const table = el(
    "table",
    {},
    el("caption", { className: "unseen" }, "Apel demi apel, terbaru dahulu"),
    el("thead", {}, el("tr", {}, head)),
    el(
      "tbody",
      {},
      items.map((item) => week(code, item)),
    ),
  );
  return [
    standing(found),
    el(
      "div",
      { className: "pair" },
      chart,
      el("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: "Apel demi apel" }, table),
    ),
  ].filter(Boolean);
}

const exact = new Intl.NumberFormat("id-ID", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
function week(code, item) {
  const delta = item.silent ? null : (item.delta?.duty_rate ?? null);
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, el("a", { href: `#/opd/${code}/${item.apel_id}` }, place.clock.short(item.date))),
    el("td", { className: "number" }, `${count(item.duty_rate.numerator)}/${count(item.duty_rate.denominator)}`),
    el("td", { className: "number" }, item.silent ? "BL" : percent(item.duty_rate)),
    el(
      "td",
      { className: "number" },
      delta === null ? "–" : `${delta > 0 ? "▲" : delta < 0 ? "▼" : "＝"} ${exact.format(Math.abs(delta))}`,
    ),
    el("td", { className: "number" }, points(item.points)),
  );
}

function people(items) {
  if (!items.length) return empty("Tidak ada pegawai yang terbuka bagi akun Anda di sini.");
  const head = ["Nama", "Nilai", "Apel", "Terlewat"].map((words, at) =>
    el("th", { scope: "col", className: at ? "number" : "" }, words),
  );
  const rows = items
    .toSorted((a, b) => a.name.localeCompare(b.name, "id"))
    .map((one) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, el("a", { href: `#/asn/${one.asn_id}` }, one.name)),
        el("td", { className: "number" }, points(one.points)),
        el("td", { className: "number" }, count(one.apels)),
        el("td", { className: "number" }, count(one.misses)),
      ),
    );
  return el(
    "div",
    { className: "wide", tabIndex: 0, role: "region", ariaLabel: "Pegawai" },
    el("table", {}, el("caption", { className: "unseen" }, "Pegawai OPD ini"), el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows)),
  );
}
