// Output, the superior's evaluations, behaviour and trainings, and how all parts of the year weigh together.
import { absent, el, figure, figures, fold, item, lines, list, quiet, section } from "/saya/parts.js";
import { number, period, say, span } from "/saya/words.js";

export function output({ output: found, output_facts: facts, composite }) {
  const { percent } = found.capaian;
  const latest = new Map(facts.evaluations.map((one) => [one.period, one]));
  return section("Hasil kerja",
    figures(
      percent === null ? absent(found.missing) : figure(`${number(percent)} %`, `capaian${found.provisional ? " sementara" : ""}`),
      composite.points === null ? absent(composite.missing) : figure(number(composite.points), "gabungan semua bagian, dari 100")),
    lines(found.lines),
    fold("Bagian-bagian tahun ini", list(composite.parts.map(part)), composite.line && lines([composite.line])),
    found.indicators.length === 0 ? quiet("Belum ada target pada tahun ini.") : found.indicators.map(indicator),
    [...latest.values()].map(evaluation));
}

const part = ({ part: name, points, share, line }) =>
  el("span", {}, el("b", {}, say(name, "composite")), `: ${points === null ? "" : `${number(points)}${share === null ? "" : `, bobot ${number(share)} %`}. `}${line.text}`);

function indicator(one) {
  return item(
    el("p", {}, el("b", {}, one.indicator), one.percent === null ? "" : ` · ${number(one.percent)} %`),
    quiet(one.rhk),
    list(one.targets.map((target) => `${period(target.period)}: ${target.text}`)));
}

function evaluation(one) {
  return item(
    el("p", {}, el("b", {}, `Evaluasi ${period(one.period)}: ${one.predikat_text}`)),
    el("p", {}, `Hasil kerja ${say(one.results)}, perilaku ${say(one.behaviour)} · oleh ${one.by_name}`),
    one.note && el("p", {}, one.note), one.reason && quiet(`Diubah karena: ${one.reason}`));
}

export function behaviour({ periods, trainings }) {
  const due = trainings.due === null ? String(trainings.hours) : `${trainings.hours} / ${trainings.due}`;
  return section("Perilaku dan pengembangan kompetensi",
    figures(figure(due, "jam pelajaran (JP) tahun ini")), lines(trainings.lines),
    trainings.items.length > 0 && fold(`Pelatihan (${trainings.items.length})`, list(trainings.items.map(training))),
    periods.length === 0 ? quiet("Belum ada penilaian perilaku pada tahun ini.") : periods.map(assessed));
}

const training = (one) =>
  `${span(one.from, one.to)}: ${one.title}, ${one.organiser} · ${one.attended ? `${one.hours} JP` : "tidak hadir"}`;

function assessed(one) {
  const word = one.points === null ? say(one.no_points) : `${number(one.points)} dari 100`;
  return item(
    el("p", {}, el("b", {}, `${period(one.period)}: ${word}`), one.proposal ? ` · usulan: ${say(one.proposal)}` : ""),
    list(one.raters.map((heard) => `${say(heard.rater)}: ${number(heard.points)} (bobot ${heard.weight} %)`)),
    one.superior?.note && el("p", {}, `Catatan atasan: ${one.superior.note}`),
    lines(one.lines));
}
