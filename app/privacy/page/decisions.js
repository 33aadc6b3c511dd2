// What was recommended and decided, what the register holds, and who looked.
import { el, fold, item, lines, list, quiet, section } from "/saya/parts.js";
import { day, say, span } from "/saya/words.js";

export function cases({ recommendations, cases: found, decisions }) {
  const none = recommendations.length + found.length + decisions.length === 0;
  return section("Rekomendasi, kasus, dan keputusan",
    none && quiet("Tidak ada."),
    recommendations.map((one) => item(
      el("p", {}, el("b", {}, `Rekomendasi ${say(one.kind)}: ${one.title}`), ` · ${one.period} · ${say(one.state)}`))),
    found.map((one) => item(
      el("p", {}, el("b", {}, `Kasus ${one.code}`), ` · ${say(one.phase)}`),
      list(one.events.map((event) => `${day(event.on)}: ${say(event.kind)}`)),
      lines(one.lines))),
    decisions.map((one) => item(el("p", {}, el("b", {}, `Keputusan: ${one.title ?? one.code}`)))));
}

// A narrow screen may break a long name after its dots and underscores.
const breakable = (name) => name.split(/(?<=[._-])/).flatMap((part) => [part, el("wbr")]);

export function looks(found) {
  const row = (one) => el("tr", {}, el("td", {}, day(one.date)), el("td", {}, breakable(one.by)), el("td", {}, breakable(one.action)), el("td", {}, String(one.times)));
  return section("Siapa membaca atau mengubah data Anda",
    found.length === 0 ? quiet("Belum ada.") : fold(`${found.length} catatan`,
      el("table", {}, el("thead", {}, el("tr", {}, ["Tanggal", "Oleh", "Apa", "Kali"].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, found.map(row)))));
}

export function register({ employment_type: kind, email, assignments, headships }) {
  const posts = assignments.map((one) =>
    `${span(one.from_date, one.to_date)}: ${one.position}, ${one.opd_code}${one.apel_duty ? "" : " (tidak wajib apel)"}`);
  const offices = headships.map((one) => `${span(one.from_date, one.to_date)}: kepala ${one.opd_code} (${say(one.title)})`);
  return section("Data kepegawaian", el("p", {}, email ? `${kind} · ${email}` : kind), list([...posts, ...offices]));
}
