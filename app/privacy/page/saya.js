// The own record: the link's secret is exchanged once and leaves the address bar at once; the token lives in this tab.
import { circulars, elsewhere, livestreams } from "/saya/conduct.js";
import { cases, looks, register } from "/saya/decisions.js";
import { TOKEN, ask, el, post } from "/saya/parts.js";
import { apel, tpp, workdays } from "/saya/presence.js";
import { behaviour, output } from "/saya/work.js";

const main = document.getElementById("record");
let year = new Date().getFullYear();

function show(...children) {
  main.replaceChildren(...children);
}

const state = (words) => el("p", { className: "state", role: "status" }, words);

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
    return show(state("Buka halaman ini lewat tautan sekali pakai dari kepegawaian atau kepala OPD Anda."));
  }
  return load();
}

async function load({ again = false } = {}) {
  const place = scrollY;
  if (!again) show(state("Membuka catatan…"));
  try {
    const record = await ask(`/v1/me/record?year=${year}`);
    document.getElementById("who").textContent = `${record.name} · NIP ${record.nip}`;
    listYears();
    show(...sections(record));
    if (again) resume(place);
  } catch (error) {
    if (error.status === 401) {
      sessionStorage.removeItem(TOKEN);
      return fail(new Error("Sesi ini sudah berakhir. Mintalah tautan baru kepada kepegawaian atau kepala OPD Anda."));
    }
    fail(error, () => load());
  }
}

const sections = (record) => [
  circulars(record.circulars), livestreams(record.livestreams), apel(record), workdays(record), tpp(record.tpp),
  output(record), behaviour(record.behaviour), elsewhere(record), cases(record), register(record), looks(record.looks),
];

// After something was kept the page stays where it was, and says so.
function resume(place) {
  const said = el("p", { className: "kept", role: "status", tabIndex: -1 }, "Tersimpan.");
  main.prepend(said);
  scrollTo(0, place + said.offsetHeight);
  said.focus({ preventScroll: true });
}

function listYears() {
  const now = new Date().getFullYear();
  const button = (which) =>
    el("button", { type: "button", ariaCurrent: String(which === year), on: { click: () => { year = which; load(); } } }, String(which));
  document.getElementById("years").replaceChildren(...[now, now - 1].map(button));
}

addEventListener("hashchange", enter);
addEventListener("kept", () => load({ again: true }));
enter();
