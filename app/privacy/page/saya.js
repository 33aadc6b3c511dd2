// The own record: the link's secret is exchanged once and leaves the address bar at once; the token lives in this tab.
import { day, month, number, rupiah, say } from "/saya/words.js";

const TOKEN = "apel-token";
const main = document.getElementById("record");
let year = new Date().getFullYear();

function el(name, options = {}, ...children) {
  const { on, ...properties } = options;
  const made = Object.assign(document.createElement(name), properties);
  for (const [event, run] of Object.entries(on ?? {})) made.addEventListener(event, run);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

async function ask(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { "accept-language": "id", ...options.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  const body = await answer.json();
  if (answer.ok) return body;
  throw Object.assign(new Error(`${body.title ?? ""} ${body.detail ?? ""}`.trim()), { status: answer.status });
}

const post = (path, body) =>
  ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

function show(...children) {
  main.replaceChildren(...children);
}

function fail(error, again) {
  const offline = error instanceof TypeError;
  const words = offline ? "Tidak ada sambungan ke layanan." : error.message;
  const button = again && el("button", { type: "button", on: { click: again } }, "Coba lagi");
  show(el("div", { className: "state" }, el("p", { className: "bad", role: "alert" }, words), button));
}

async function enter() {
  const secret = location.hash.slice(1);
  if (secret) {
    try {
      const { access_token: token } = await post("/v1/auth/link", { secret });
      sessionStorage.setItem(TOKEN, token);
    } catch (error) {
      // Without an answer the link may still be good, so that its address must stay.
      return fail(error, error instanceof TypeError ? enter : null);
    } finally {
      if (sessionStorage.getItem(TOKEN)) history.replaceState(null, "", "/saya");
    }
  }
  if (!sessionStorage.getItem(TOKEN)) {
    return show(el("p", { className: "state" }, "Buka halaman ini lewat tautan sekali pakai dari kepegawaian atau kepala OPD Anda."));
  }
  return load();
}

async function load() {
  show(el("p", { className: "state" }, "Membuka catatan…"));
  try {
    const record = await ask(`/v1/me/record?year=${year}`);
    document.getElementById("who").textContent = `${record.name} · NIP ${record.nip}`;
    listYears();
    show(apel(record), workdays(record.workdays), tpp(record.tpp), cases(record), looks(record.looks));
  } catch (error) {
    if (error.status === 401) {
      sessionStorage.removeItem(TOKEN);
      return fail(new Error("Sesi ini sudah berakhir. Mintalah tautan baru kepada kepegawaian atau kepala OPD Anda."));
    }
    fail(error, load);
  }
}

function listYears() {
  const now = new Date().getFullYear();
  const button = (which) =>
    el("button", { type: "button", ariaCurrent: String(which === year), on: { click: () => { year = which; load(); } } }, String(which));
  document.getElementById("years").replaceChildren(...[now, now - 1].map(button));
}

const figure = (value, words) => el("li", {}, el("b", {}, value), words);

function lines(found) {
  const source = ({ facts, policy }) => {
    const from = facts?.source ? `: ${facts.source}${facts.verified ? "" : " (belum diverifikasi)"}` : "";
    return el("p", { className: "source" }, `Aturan ${policy}${from}`);
  };
  return found.length === 0 ? null : el("details", {}, el("summary", {}, "Dari mana angka ini?"),
    el("ul", { className: "lines" }, found.map((line) => el("li", {}, line.text, source(line)))));
}

function apel({ scores, marks }) {
  const { ledger, streak } = scores;
  return el("section", {}, el("h2", {}, "Apel"),
    el("ul", { className: "figures" },
      figure(scores.points === null ? "–" : number(scores.points), scores.points === null ? say(scores.no_points) : "nilai, dari 100"),
      figure(`${scores.rate.numerator} / ${scores.rate.denominator}`, "hadir dari apel yang tercatat"),
      streak && figure(String(streak.now), "hadir berturut-turut"),
      ledger && figure(String(ledger.misses), "kali tanpa keterangan")),
    ledger?.step && el("p", {}, ledger.step.advice),
    lines(scores.lines),
    marks.length === 0 ? el("p", { className: "quiet" }, "Belum ada apel pada tahun ini.") : marks.map(mark));
}

function mark(one) {
  const word = one.pending ? "belum disimpulkan" : one.status === null ? "menunggu keputusan" : say(one.status);
  const until = one.contest.until ? ` sampai ${day(one.contest.until)}` : "";
  return el("div", { className: "item" },
    el("p", {}, el("b", {}, `${day(one.date)}: ${word}`), one.mode ? ` (${say(one.mode)})` : ""),
    el("p", { className: "quiet" }, `${one.title} · ${one.final ? "final" : "sementara"}`),
    one.objections.map((said) => el("p", {}, `Keberatan Anda: ${say(said.state)}.`)),
    one.corrections.map((made) => el("p", {}, `Koreksi: ${say(made.state)}.`)),
    one.contest.open && contest(one.contest.href, `Ajukan keberatan${until}`));
}

function contest(href, words) {
  const reason = el("textarea", { required: true, maxLength: 2000, ariaLabel: "Alasan keberatan" });
  const note = el("p", { role: "status" });
  const button = el("button", { type: "submit" }, "Kirim keberatan");
  const send = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await post(href, { reason: reason.value });
      await load();
    } catch (error) {
      note.className = "bad";
      note.textContent = error instanceof TypeError ? "Belum terkirim: tidak ada sambungan. Tulisan Anda tetap di sini." : error.message;
      button.disabled = false;
    }
  };
  return el("details", {}, el("summary", {}, words), el("form", { on: { submit: send } }, reason, button, note));
}

function workdays(ledger) {
  return el("section", {}, el("h2", {}, "Hari kerja"),
    el("ul", { className: "figures" },
      figure(String(ledger.total_days), "hari tanpa alasan sah tahun ini"),
      figure(ledger.tier ? ledger.tier.code : "–", ledger.tier ? ledger.tier.sanction : ledger.rule_set ? "belum mencapai tingkat apa pun" : say("no-rule-set"))),
    el("p", {}, ledger.note), lines(ledger.lines));
}

function tpp(months) {
  return el("section", {}, el("h2", {}, "TPP"),
    months.length === 0 ? el("p", { className: "quiet" }, "Belum ada lembar yang diumumkan pada tahun ini.") : months.map(sheet));
}

function sheet(one) {
  const { percent, amount, note } = one.calculation;
  const cut = percent === null ? "tidak dihitung" : `potongan ${number(percent)} %${amount === null ? "" : `, ${rupiah(amount)}`}`;
  return el("div", { className: "item" },
    el("p", {}, el("b", {}, `${month(one.month)}: ${cut}`), ` · ${say(one.state)}${one.trial ? " (uji coba, tidak memotong)" : ""}`),
    note && el("p", {}, note), lines(one.calculation.lines),
    one.objections_href && contest(one.objections_href, `Ajukan keberatan sampai ${day(one.objections_until)}`));
}

function cases({ recommendations, cases: found, decisions }) {
  const none = recommendations.length + found.length + decisions.length === 0;
  return el("section", {}, el("h2", {}, "Rekomendasi, kasus, dan keputusan"),
    none && el("p", { className: "quiet" }, "Tidak ada."),
    recommendations.map((one) => el("div", { className: "item" },
      el("p", {}, el("b", {}, `Rekomendasi ${say(one.kind)}: ${one.title}`), ` · ${one.period} · ${say(one.state)}`))),
    found.map((one) => el("div", { className: "item" },
      el("p", {}, el("b", {}, `Kasus ${one.code}`), ` · ${say(one.phase)}`),
      el("ul", { className: "lines" }, one.events.map((event) => el("li", {}, `${day(event.on)}: ${say(event.kind)}`))),
      lines(one.lines))),
    decisions.map((one) => el("div", { className: "item" }, el("p", {}, el("b", {}, `Keputusan: ${one.title ?? one.code}`)))));
}

function looks(found) {
  const row = (one) => el("tr", {}, el("td", {}, day(one.date)), el("td", {}, one.by), el("td", {}, one.action), el("td", {}, String(one.times)));
  return el("section", {}, el("h2", {}, "Siapa membaca atau mengubah data Anda"),
    found.length === 0 ? el("p", { className: "quiet" }, "Belum ada.") : el("details", {}, el("summary", {}, `${found.length} catatan`),
      el("table", {}, el("thead", {}, el("tr", {}, ["Tanggal", "Oleh", "Apa", "Kali"].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, found.map(row)))));
}

addEventListener("hashchange", enter);
enter();
