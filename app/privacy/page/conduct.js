// Circulars to acknowledge, reported broadcasts to answer, phones laid in, and where else the work was done.
import { ask, el, fold, form, item, lines, list, post, quiet, refused, section } from "/saya/parts.js";
import { day, instant, say, span } from "/saya/words.js";

export function circulars(found) {
  return section("Surat edaran",
    found.length === 0 ? quiet("Tidak ada surat edaran untuk Anda pada tahun ini.") : [...found].reverse().map(circular));
}

function circular(one) {
  const until = one.acknowledge_by ? ` sampai ${day(one.acknowledge_by)}` : "";
  const stands = one.acknowledged_at ? `Dinyatakan sudah dibaca dan dipahami ${instant(one.acknowledged_at)} (${say(one.channel)})`
    : one.acknowledge_href ? `Menunggu pernyataan Anda${until}` : say(one.state, "circular");
  return item(
    el("p", {}, el("b", {}, one.title)),
    quiet(`Nomor ${one.number}${one.version > 1 ? `, versi ${one.version}` : ""} · ${day(one.published_on)}`),
    el("p", {}, stands), text(one), one.acknowledge_href && acknowledging(one));
}

// Opening it is reading it, so that it is asked for only when it is opened.
function text({ href }) {
  const shown = el("div", { className: "text", role: "status" });
  const read = async () => {
    if (!opened.open || shown.firstChild) return;
    try {
      shown.textContent = (await ask(href)).text;
    } catch (error) {
      shown.replaceChildren();
      opened.open = false;
      opened.after(el("p", { className: "bad", role: "alert" }, error instanceof TypeError ? "Tidak ada sambungan ke layanan." : error.message));
    }
  };
  const opened = fold("Baca surat edaran", shown);
  opened.addEventListener("toggle", read);
  return opened;
}

function acknowledging({ acknowledge_href: href, title }) {
  const note = el("p", { role: "status" });
  const button = el("button", { type: "submit", ariaLabel: `Sudah saya baca dan pahami: ${title}` }, "Sudah saya baca dan pahami");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await post(href, {});
      dispatchEvent(new Event("kept"));
    } catch (error) {
      refused(note, error);
      button.disabled = false;
    }
  };
  return el("form", { on: { submit } }, button, note);
}

export function livestreams(found) {
  return section("Siaran langsung",
    found.length === 0 ? quiet("Tidak ada laporan tentang Anda pada tahun ini.") : found.map(incident));
}

function incident(one) {
  const asked = one.phase === "clarification_asked";
  const minutes = one.minutes > 0 ? `, ${one.minutes} menit` : "";
  return item(
    el("p", {}, el("b", {}, `${instant(one.started_at)}, ${say(one.platform)}: ${say(one.verdict)}${minutes}`)),
    quiet(`${one.account ?? one.url} · ${say(one.phase, "livestream")}`),
    !one.confirmed && el("p", {}, "Laporan ini belum dibenarkan siapa pun, sehingga tidak dihitung."),
    list(one.events.map(step)), lines(one.lines, "Mengapa begitu?"),
    one.next_steps.includes("clarified") && form({
      href: one.events_href, open: asked, title: asked ? "Anda diminta memberi keterangan" : "Beri keterangan",
      label: "Keterangan Anda", send: "Kirim keterangan", body: (words) => ({ kind: "clarified", words }),
    }));
}

function step({ kind, details, at, by_name: by, counts }) {
  const said = details.words ?? details.reason;
  const outcome = details.outcome ? ` (${say(details.outcome, "livestream")})` : "";
  return `${instant(at)}: ${say(kind, "livestream")}${outcome}${counts ? "" : " (ditarik kembali)"}${kind === "clarified" ? "" : `, ${by}`}${said ? `: ${said}` : ""}`;
}

export function elsewhere({ deposits, flexwork, shifts }) {
  const counted = shifts.filter((one) => one.withdrawn_at === null);
  const none = deposits.length + flexwork.length + shifts.length === 0;
  return section("Ponsel dan kerja fleksibel",
    none && quiet("Tidak ada."),
    deposits.length > 0 && fold(`Ponsel pada apel dan rapat (${deposits.length})`, list(deposits.map(deposit))),
    flexwork.map(order),
    shifts.length > 0 && fold(`Sif (${counted.length})`, list(shifts.map(shift))));
}

function deposit(one) {
  const stays = one.stays.map((stay) => `${stay.slot} ${stay.out_at ? "sudah diambil" : "belum diambil"}`);
  const kept = one.exemption ? [`dikecualikan: ${say(one.exemption, "deposit")}${one.note ? ` (${one.note})` : ""}`] : [];
  const lost = one.losses.map((loss) => `kehilangan ${say(loss, "deposit")}`);
  return `${day(one.on_date)}, ${one.title}: ${[...stays, ...kept, ...lost].join("; ")}`;
}

function order(one) {
  const state = one.ended_from ? `berakhir mulai ${day(one.ended_from)}` : say(one.state, "flexwork");
  return item(
    el("p", {}, el("b", {}, `${span(one.from, one.to)}: ${say(one.mode, "flexwork")}, ${one.place.name}`), ` · ${state}`),
    quiet(`Nomor ${one.number} · ${one.signatory}`), el("p", {}, `Target: ${one.target}`));
}

const shift = (one) =>
  `${instant(one.starts_at)} – ${instant(one.ends_at)}${one.withdrawn_at ? ` (dibatalkan: ${one.withdrawn_reason ?? "–"})` : ""}`;
