// Apels, working days with leave and letters of assignment, and what they did to the monthly pay.
import { contest, el, figure, figures, fold, item, lines, list, quiet, section } from "/saya/parts.js";
import { day, month, number, rupiah, say, span } from "/saya/words.js";

export function apel({ scores, marks }) {
  const { ledger, streak } = scores;
  return section("Apel",
    figures(
      figure(scores.points === null ? "–" : number(scores.points), scores.points === null ? say(scores.no_points) : "nilai, dari 100"),
      figure(`${scores.rate.numerator} / ${scores.rate.denominator}`, "hadir dari apel yang tercatat"),
      streak && figure(String(streak.now), "hadir berturut-turut"),
      ledger && figure(String(ledger.misses), "kali tanpa keterangan")),
    ledger?.step && el("p", {}, ledger.step.advice),
    lines(scores.lines),
    marks.length === 0 ? quiet("Belum ada apel pada tahun ini.") : marks.map(mark));
}

function mark(one) {
  const word = one.pending ? "belum disimpulkan" : one.status === null ? "menunggu keputusan" : say(one.status);
  const until = one.contest.until ? ` sampai ${day(one.contest.until)}` : "";
  return item(
    el("p", {}, el("b", {}, `${day(one.date)}: ${word}`), one.mode ? ` (${say(one.mode)})` : ""),
    quiet(`${one.title} · ${one.final ? "final" : "sementara"}`),
    one.objections.map((said) => el("p", {}, `Keberatan Anda: ${say(said.state)}.`)),
    one.corrections.map((made) => el("p", {}, `Koreksi: ${say(made.state)}.`)),
    one.contest.open && contest(one.contest.href, `Ajukan keberatan${until}`));
}

export function workdays({ workdays: ledger, absences }) {
  return section("Hari kerja",
    figures(
      figure(String(ledger.total_days), "hari tanpa alasan sah tahun ini"),
      figure(ledger.tier ? ledger.tier.code : "–", ledger.tier ? ledger.tier.sanction : ledger.rule_set ? "belum mencapai tingkat apa pun" : say("no-rule-set"))),
    el("p", {}, ledger.note), lines(ledger.lines),
    absences.length > 0 && fold(`Izin, cuti, dan surat tugas (${absences.length})`, list(absences.map(absence))));
}

const absence = (one) =>
  `${span(one.from, one.to)}: ${say(one.code)} · ${say(one.state, "absence")}${one.letter_no ? ` · ${one.letter_no}` : ""}`;

export function tpp(months) {
  return section("TPP",
    months.length === 0 ? quiet("Belum ada lembar yang diumumkan pada tahun ini.") : months.map(sheet));
}

function sheet(one) {
  const { percent, amount, note } = one.calculation;
  const cut = percent === null ? "tidak dihitung" : `potongan ${number(percent)} %${amount === null ? "" : `, ${rupiah(amount)}`}`;
  return item(
    el("p", {}, el("b", {}, `${month(one.month)}: ${cut}`), ` · ${say(one.state)}${one.trial ? " (uji coba, tidak memotong)" : ""}`),
    note && el("p", {}, note), lines(one.calculation.lines),
    one.objections_href && contest(one.objections_href, `Ajukan keberatan sampai ${day(one.objections_until)}`));
}
