// What an OPD says aloud, typed while it speaks; the sum is watched live and the service judges it.
import { el } from "/bagian/base.js";

const EXCUSED = [
  ["DL", "Dinas luar"],
  ["DD", "Dinas dalam"],
  ["DK", "Diklat"],
  ["S", "Sakit"],
  ["I", "Izin"],
  ["CT", "Cuti"],
  ["TB", "Tugas belajar"],
];

export function spokenForm(turn, row, send, close) {
  const number = (name, label, value) =>
    el(
      "p",
      {},
      el("label", { htmlFor: `spoken-${name}` }, label),
      el("input", {
        id: `spoken-${name}`,
        name,
        type: "number",
        min: 0,
        max: 100000,
        inputMode: "numeric",
        value: value ?? "",
        placeholder: "0",
      }),
    );
  const known = row && row.report.state !== "missing" ? row.figures : null;
  const sum = el("output", { className: "sum" });
  const read = (form) => {
    const of = (name) => Number(form.elements[name].value || 0);
    const excused = Object.fromEntries(EXCUSED.map(([code]) => [code, of(code)]).filter(([, figure]) => figure));
    return { strength: of("strength"), present: { wfo: of("wfo"), wfa: of("wfa") }, excused, unexplained: of("unexplained") };
  };
  const watch = () => {
    const said = read(form);
    const told = said.present.wfo + said.present.wfa + said.unexplained + Object.values(said.excused).reduce((a, b) => a + b, 0);
    sum.textContent = told === said.strength ? `✓ cocok: ${told} dari ${said.strength}` : `≠ terhitung ${told} dari ${said.strength}`;
  };
  const submit = (event) => {
    event.preventDefault();
    send(read(form));
  };
  const form = el(
    "form",
    { className: "spoken", on: { submit, input: watch, keydown: (event) => event.key === "Escape" && close() } },
    el("h2", {}, `Terucap: ${turn.short_name}`),
    el(
      "div",
      { className: "figures" },
      number("strength", "Jumlah", row?.figures.strength),
      number("wfo", "Hadir di kantor", known?.present.wfo),
      number("wfa", "Hadir WFA", known?.present.wfa),
      EXCUSED.map(([code, label]) => number(code, label, null)),
      number("unexplained", "Tanpa keterangan", null),
    ),
    el(
      "p",
      { className: "tools" },
      el("button", { type: "submit", className: "main" }, "Simpan terucap"),
      el("button", { type: "button", on: { click: close } }, "Batal"),
      sum,
    ),
  );
  watch();
  return form;
}
