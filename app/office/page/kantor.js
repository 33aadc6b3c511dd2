// The office's page: signs in, knows which views the reader's roles open, and shows the one that the address names.
import { el } from "/bagian/base.js";
import { enter, leave } from "/bagian/session.js";
import { show as findings } from "/kantor/findings.js";
import { show as opd } from "/kantor/opd.js";
import { show as overview } from "/kantor/overview.js";
import { show as person } from "/kantor/person.js";
import { STAFF, lastMondays, may, ownUnits, place, settle } from "/kantor/place.js";
import { show as ranking } from "/kantor/ranking.js";
import { show as screens } from "/kantor/screens.js";
import { failure, words } from "/kantor/states.js";
import { show as turns } from "/kantor/turns.js";
import { show as unmatched } from "/kantor/unmatched.js";
import { ROLES } from "/kantor/words.js";

const main = document.getElementById("main");
const VIEWS = [
  { at: /^\/?$/, title: "Ikhtisar", show: overview, menu: "#/", roles: STAFF },
  { at: /^\/peringkat$/, title: "Peringkat", show: ranking, menu: "#/peringkat", roles: STAFF },
  { at: /^\/opd\/([A-Z0-9][A-Z0-9._-]{0,31})(?:\/([0-9a-f-]{36}))?$/, title: "OPD", show: opd, roles: STAFF },
  { at: /^\/asn\/([0-9a-f-]{36})(?:\/(\d{4}))?$/, title: "Pegawai", show: person, roles: [...STAFF, "asn"] },
  { at: /^\/antrean$/, title: "Antrean", show: unmatched, menu: "#/antrean", roles: ["kominfo", "admin"] },
  { at: /^\/temuan$/, title: "Temuan", show: findings, menu: "#/temuan", roles: ["kominfo", "admin", "opd_head"] },
  { at: /^\/giliran$/, title: "Giliran", show: turns, menu: "#/giliran", roles: ["kominfo", "admin"] },
  { at: /^\/layar$/, title: "Layar", show: screens, menu: "#/layar", roles: ["kominfo", "admin"] },
];

function drawMenu(path) {
  const entries = VIEWS.filter((view) => view.menu && may(...view.roles)).map((view) => [view.title, view.menu, view.at.test(path)]);
  if (may("opd_head", "opd_operator")) entries.push(...ownUnits().map((code) => [code, `#/opd/${code}`, path.startsWith(`/opd/${code}`)]));
  if (may("asn") && place.me.asn_id) entries.push(["Catatan saya", `#/asn/${place.me.asn_id}`, path.startsWith(`/asn/${place.me.asn_id}`)]);
  const links = entries.map(([words, href, here]) => el("a", { href, ...(here ? { ariaCurrent: "page" } : {}) }, words));
  document.getElementById("menu").replaceChildren(...links);
  links.find((link) => link.ariaCurrent)?.scrollIntoView({ block: "nearest", inline: "center" });
}

let stop = null;
let turn = 0;
async function route() {
  const path = location.hash.slice(1);
  const mine = (turn += 1);
  stop?.();
  stop = null;
  drawMenu(path);
  const view = VIEWS.find((one) => one.at.test(path) && may(...one.roles));
  document.title = `${view?.title ?? "Tidak ada"} – Kantor – Apel Virtual`;
  const shown = el("div", { className: "view" });
  main.replaceChildren(shown);
  try {
    const ends = await (view ? view.show(shown, ...path.match(view.at).slice(1)) : nowhere(shown));
    // Whoever went on meanwhile has another view, and this one's clocks must not go on.
    if (mine !== turn) return ends?.();
    stop = ends;
  } catch (error) {
    shown.replaceChildren(el("h1", {}, view.title), failure(error, route));
  }
  // Readers of a changed view begin at its heading; on the first one the browser decides.
  const heading = shown.querySelector("h1");
  if (heading && mine > 1 && !shown.contains(document.activeElement)) Object.assign(heading, { tabIndex: -1 }).focus();
}

function nowhere(node) {
  const words = "Alamatnya salah, atau peran Anda tidak membukanya.";
  node.append(el("h1", {}, "Halaman ini tidak ada"), el("p", {}, words), el("p", {}, el("a", { href: "#/" }, "Ke ikhtisar")));
}

function drawWho() {
  const roles = [...place.roles].map((role) => ROLES[role] ?? role).join(", ");
  const out = async () => {
    const line = document.getElementById("line");
    line.textContent = "Sedang keluar…";
    try {
      await leave();
      location.assign("/kantor");
    } catch (error) {
      line.textContent = `Belum keluar. ${words(error)}`;
    }
  };
  document
    .getElementById("who")
    .replaceChildren(el("span", {}, `${place.me.name} · ${roles}`), el("button", { type: "button", on: { click: out } }, "Keluar"));
}

function tellLine() {
  document.getElementById("line").textContent = navigator.onLine
    ? ""
    : "Tidak ada sambungan. Yang terbuka tetap dapat dibaca; perubahan belum dapat dikirim.";
}

async function start() {
  try {
    settle(await enter(main, "Kantor"));
    drawWho();
    if (may(...STAFF)) await lastMondays(12);
    else if (place.me.asn_id && !location.hash.startsWith("#/asn/")) location.replace(`#/asn/${place.me.asn_id}`);
    addEventListener("hashchange", route);
    await route();
  } catch (error) {
    main.replaceChildren(failure(error, start));
  }
}

// The address names the view, so that the way past the menu must not change it.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("online", tellLine);
addEventListener("offline", tellLine);
tellLine();
start();
