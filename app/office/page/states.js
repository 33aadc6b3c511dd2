// What a part of the page shows while it has nothing to show: loading, slow, offline, refused, empty.
import { el } from "/bagian/base.js";
import { Problem } from "/bagian/session.js";

const SLOW = 4000;
const UNSEEN = 200; // shorter waits need no words

export const empty = (words) => el("p", { className: "state quiet" }, words);

export function words(error) {
  if (!(error instanceof Problem))
    return navigator.onLine
      ? "Layanan tidak menjawab. Periksa sambungan, lalu coba lagi."
      : "Tidak ada sambungan internet. Yang terbuka tetap dapat dibaca.";
  if (error.status === 403) return "Bagian ini tidak termasuk hak baca akun Anda.";
  return error.message;
}

export function failure(error, again) {
  if (!(error instanceof Problem) && !(error instanceof TypeError)) console.error(error);
  const lasting = error instanceof Problem && [403, 404].includes(error.status);
  const retry = again && !lasting && el("button", { type: "button", on: { click: again } }, "Coba lagi");
  return el("div", { className: "state" }, el("p", { role: "alert", className: lasting ? "quiet" : "bad" }, words(error)), retry);
}

const latest = new WeakMap();
// Fills a node with what `draw` makes of what `ask` brings; `ask` is tried again on the reader's word.
// Of two that fill the same node the later one counts, whichever answer comes first.
export async function fill(node, ask, draw) {
  const note = el("p", { className: "state quiet", role: "status" });
  const first = setTimeout(() => {
    note.textContent = "Memuat…";
  }, UNSEEN);
  const slow = setTimeout(() => {
    note.textContent = "Masih memuat; sambungannya lambat…";
  }, SLOW);
  const mine = {};
  latest.set(node, mine);
  node.setAttribute("aria-busy", "true");
  node.replaceChildren(note);
  try {
    const drawn = await draw(await ask());
    if (latest.get(node) === mine) node.replaceChildren(...[drawn].flat());
  } catch (error) {
    if (latest.get(node) === mine) node.replaceChildren(failure(error, () => fill(node, ask, draw)));
  } finally {
    clearTimeout(first);
    clearTimeout(slow);
    if (latest.get(node) === mine) node.removeAttribute("aria-busy");
  }
}

export function part(title, ask, draw, options = {}) {
  const body = el("div");
  fill(body, ask, draw);
  return el("section", options, el("h2", {}, title), body);
}
