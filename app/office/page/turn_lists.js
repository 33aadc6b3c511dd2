// Beside the console: every OPD's turn, and who has not reported with words ready for the messenger group.
import { count, el } from "/bagian/base.js";
import { say } from "/kantor/place.js";
import { TURNS } from "/kantor/words.js";

export class TurnList {
  constructor(console) {
    this.console = console;
    this.body = el("tbody");
    this.ready = copyable("Teks giliran untuk grup");
    const head = ["OPD", "Giliran", "Terucap", "Panggil"].map((words) => el("th", { scope: "col" }, words));
    this.node = el(
      "section",
      {},
      el("h2", {}, "Semua giliran"),
      this.ready.node,
      el(
        "div",
        { className: "wide tall", tabIndex: 0, role: "region", ariaLabel: "Semua giliran" },
        el("table", {}, el("caption", { className: "unseen" }, "Giliran semua OPD"), el("thead", {}, el("tr", {}, head)), this.body),
      ),
    );
  }

  draw(turns) {
    this.ready.fill(turns.text);
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.code : null;
    this.body.replaceChildren(...turns.items.map((turn) => this.row(turn, turns.current)));
    if (focused) this.body.querySelector(`[data-code="${CSS.escape(focused)}"]`)?.focus();
  }

  button(turn, words, act) {
    return el(
      "button",
      {
        type: "button",
        className: "plain",
        data: { code: turn.opd_code },
        ariaLabel: `${words[0].toUpperCase()}${words.slice(1)} ${turn.short_name}`,
        on: { click: () => this.console[act](turn.opd_code) },
      },
      words,
    );
  }

  row(turn, current) {
    const [mark, words] = TURNS[turn.state];
    const here = turn.opd_code === current;
    const again = turn.state === "no_answer" || (turn.state === "called" && !here);
    const call = turn.state === "waiting" ? this.button(turn, "panggil", "call") : again && this.button(turn, "panggil ulang", "recall");
    const weeks = turn.weeks_not_called > 1 ? el("span", { className: "quiet small" }, ` · ${turn.weeks_not_called} minggu`) : null;
    const spoken = turn.spoken
      ? `${turn.spoken.present.wfo + turn.spoken.present.wfa}/${turn.spoken.strength}`
      : turn.as_written
        ? "sesuai laporan"
        : "";
    return el(
      "tr",
      here ? { className: "here", ariaCurrent: "true" } : {},
      el("th", { scope: "row" }, turn.short_name, weeks),
      el("td", {}, el("span", { ariaHidden: "true" }, `${mark} `), words),
      el("td", {}, spoken),
      el("td", {}, call || ""),
    );
  }
}

export class Missing {
  constructor() {
    this.left = el("p");
    this.list = el("ul", { className: "missing" });
    this.ready = copyable("Teks pengingat untuk grup");
    this.node = el("section", {}, el("h2", {}, "Belum lapor"), this.left, this.list, this.ready.node);
  }

  draw({ items, text }) {
    this.left.textContent = items.length ? `${count(items.length)} OPD belum lengkap.` : "Semua OPD sudah lapor.";
    this.list.replaceChildren(
      ...items.map((one) =>
        el(
          "li",
          {},
          one.short_name,
          one.state === "partial" ? " (sebagian)" : "",
          one.contact ? el("span", { className: "quiet" }, ` · ${one.contact}`) : null,
        ),
      ),
    );
    this.ready.node.hidden = !items.length;
    this.ready.fill(text);
  }
}

let made = 0;
// Words to paste elsewhere; where the clipboard is closed they are selected, one key away.
function copyable(label) {
  const id = `ready${(made += 1)}`;
  const area = el("textarea", { id, readOnly: true, rows: 3 });
  const copy = async () => {
    area.select();
    try {
      await navigator.clipboard.writeText(area.value);
      press.textContent = "Tersalin ✓";
      setTimeout(() => {
        press.textContent = "Salin";
      }, 2000);
      say("Teks tersalin.");
    } catch {
      area.focus();
      say("Teks sudah dipilih; tekan Ctrl+C.");
    }
  };
  const press = el("button", { type: "button", ariaLabel: `Salin: ${label}`, on: { click: copy } }, "Salin");
  const node = el(
    "details",
    { className: "ready" },
    el("summary", {}, label),
    el("label", { htmlFor: id, className: "unseen" }, label),
    area,
    press,
  );
  return {
    node,
    fill: (text) => {
      if (area.value !== text) Object.assign(area, { value: text, rows: Math.min(12, text.split("\n").length + 1) });
    },
  };
}
