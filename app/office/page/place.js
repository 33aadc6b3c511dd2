// Who reads, where, and what may be asked; a session that ended is begun anew without losing the place.
import { ZONE_NAMES, clockOf, el } from "/bagian/base.js";
import { Problem, enter, request } from "/bagian/session.js";

export const place = { me: null, roles: new Set(), clock: clockOf(undefined), zone: "" };
export const STAFF = ["bupati", "admin", "kominfo", "opd_head", "opd_operator", "inspector"];
export const may = (...roles) => roles.some((role) => place.roles.has(role));
export const ownUnits = () => place.me.grants.filter((grant) => grant.opd_code).map((grant) => grant.opd_code);

export function settle(me) {
  place.me = me;
  place.roles = new Set(me.grants.map((grant) => grant.role));
}

function setZone({ zone, instansi }) {
  place.clock = clockOf(zone);
  place.zone = ZONE_NAMES[zone] ?? "";
  document.getElementById("instansi").textContent = instansi;
}

// For screen readers; the same words twice are said twice.
export function say(words) {
  const said = document.getElementById("said");
  said.textContent = "";
  requestAnimationFrame(() => {
    said.textContent = words;
  });
}

// Another person must not go on where somebody else was: what that one had sent is never sent again.
function startAnew() {
  location.reload();
  return new Promise(() => {});
}

const PATIENCE = 20_000; // an answer that takes longer is none
const inTime = (options) => ({ signal: AbortSignal.timeout(PATIENCE), ...options });

let signingIn = null;
let doubtful = false; // a sign-in ended, and it is not known yet who has signed in since
function signInAgain() {
  signingIn ??= (async () => {
    doubtful = true;
    const body = el("div");
    const dialog = el(
      "dialog",
      { className: "again", aria: { label: "Masuk lagi" }, on: { cancel: (event) => event.preventDefault() } },
      body,
    );
    // A second Esc closes it whatever is said to the first; there is nothing behind it to go on with.
    dialog.addEventListener("close", () => dialog.isConnected && dialog.showModal());
    document.body.append(dialog);
    dialog.showModal();
    const me = await enter(body, "Sesi berakhir. Masuk lagi").catch((error) => {
      dialog.remove();
      throw error;
    });
    if (me.id !== place.me.id) return startAnew();
    doubtful = false;
    dialog.remove();
    say("Anda sudah masuk lagi.");
  })().finally(() => {
    signingIn = null;
  });
  return signingIn;
}

// The whole answer: {status, body, etag}. 304 leaves `body` null.
export async function call(path, options) {
  if (doubtful) await signInAgain();
  try {
    return await request(path, inTime(options));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    await signInAgain();
    return request(path, inTime(options));
  }
}
export const get = async (path) => (await call(path)).body;
export async function put(method, path, body, headers = {}) {
  const sent =
    body === undefined
      ? { method, headers }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
  return (await call(path, sent)).body;
}

// All items of a list, page by page.
export async function all(path, most = 1000) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(`${path}${path.includes("?") ? "&" : "?"}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return items;
}

// The last Mondays: asked again with their ETag, so that an unchanged one costs an empty answer.
const kept = new Map();
export async function lastMondays(weeks) {
  const known = kept.get(weeks);
  const answer = await call(`/v1/board/history?weeks=${weeks}`, { headers: known ? { "if-none-match": known.etag } : {} });
  if (answer.status !== 304) kept.set(weeks, { etag: answer.etag, body: answer.body });
  const history = kept.get(weeks).body;
  setZone(history);
  return history;
}
