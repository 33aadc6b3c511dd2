// The last Mondays at a glance: the regency's line, and a heat map of the OPDs that leads to "kenapa merah?".
import { count, el, percent } from "/bagian/base.js";
import { lineChart } from "/kantor/charts.js";
import { heatMap } from "/kantor/heat.js";
import { lastMondays, may, place } from "/kantor/place.js";
import { empty, fill } from "/kantor/states.js";

const SPANS = [8, 12, 26, 52];
let weeks = 12;

export async function show(node) {
  const body = el("div");
  const choose = el(
    "select",
    {
      id: "weeks",
      on: {
        change: () => {
          weeks = Number(choose.value);
          refresh();
        },
      },
    },
    SPANS.map((span) => el("option", { value: span, selected: span === weeks }, `${span} apel terakhir`)),
  );
  const refresh = () => fill(body, () => lastMondays(weeks), draw);
  node.append(
    el(
      "div",
      { className: "head" },
      el("h1", {}, "Ikhtisar"),
      el("p", { className: "tools" }, el("label", { htmlFor: "weeks" }, "Rentang "), choose),
    ),
    body,
  );
  await refresh();
}

function draw(history) {
  if (!history.apels.length) {
    return [
      empty("Belum ada apel yang selesai disimpulkan. Angka muncul di sini setelah apel pertama ditutup dan tenggat laporannya lewat."),
      may("kominfo", "admin") && el("p", {}, el("a", { className: "button", href: "#/giliran" }, "Ke konsol giliran")),
    ].filter(Boolean);
  }
  return [el("div", { className: "pair" }, last(history), trend(history)), heatMap(history)];
}

function last({ apels }) {
  const [now, before] = [apels.at(-1), apels.at(-2)];
  const silent = now.rate.excluded.BL ?? 0;
  const figure = (words, rate, old) =>
    el(
      "div",
      {},
      el("dt", {}, words),
      el(
        "dd",
        {},
        el("strong", {}, percent(rate)),
        el("span", { className: "quiet" }, ` ${count(rate.numerator)} dari ${count(rate.denominator)}`),
        change(rate, old),
      ),
    );
  return el(
    "section",
    { className: "last" },
    el("h2", {}, `${now.title}, ${place.clock.date(now.date)}`),
    el(
      "dl",
      {},
      figure("Hadir dari yang wajib", now.duty_rate, before?.duty_rate),
      figure("Hadir dari seluruhnya", now.rate, before?.rate),
    ),
    el(
      "p",
      { className: "quiet" },
      now.provisional ? "SEMENTARA: apel belum difinalkan." : "FINAL.",
      silent ? ` ${count(silent)} orang dari OPD yang belum lapor tidak dihitung.` : "",
    ),
  );
}

const exact = new Intl.NumberFormat("id-ID", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export function change(now, before) {
  if (now.percent === null || !before || before.percent === null) return null;
  const difference = Math.round((now.percent - before.percent) * 100) / 100;
  const [mark, words] = difference > 0 ? ["▲", "naik"] : difference < 0 ? ["▼", "turun"] : ["＝", "tetap"];
  return el("span", { className: "change" }, `${mark} ${words}${difference ? ` ${exact.format(Math.abs(difference))} poin` : ""}`);
}

function trend({ apels }) {
  const say = (name) => (value, at) =>
    `${percent(apels[at][name])} (${count(apels[at][name].numerator)}/${count(apels[at][name].denominator)})`;
  const of = (name) => apels.map((apel) => apel[name].percent);
  const told = [...new Set([apels[0], apels.at(-1)])].map((apel) => `${percent(apel.duty_rate)} pada ${place.clock.short(apel.date)}`);
  return el(
    "section",
    { className: "trend" },
    el("h2", {}, "Kehadiran kabupaten"),
    lineChart({
      title: `Kehadiran kabupaten pada ${apels.length} apel`,
      summary: `Hadir dari yang wajib ${told.join(", ")}.`,
      labels: apels.map((apel) => place.clock.short(apel.date)),
      series: [
        { name: "dari yang wajib", values: of("duty_rate"), say: say("duty_rate") },
        { name: "dari seluruhnya", values: of("rate"), say: say("rate") },
      ],
    }),
  );
}
