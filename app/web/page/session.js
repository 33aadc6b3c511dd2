// Staying signed in: the refresh token lives in a cookie that no script reads, the access token in this page's memory.
import { el } from "/bagian/base.js";

let token = null;

export class Problem extends Error {
  constructor(status, body) {
    super([body?.title, body?.detail].filter(Boolean).join(" ") || `Layanan menjawab ${status}.`);
    Object.assign(this, { status, code: body?.code ?? null, body });
  }
}

const json = (body) => ({ method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

async function answered(path, options) {
  const answer = await fetch(path, { cache: "no-store", ...options, headers: { "accept-language": "id", ...options?.headers } });
  const kind = answer.headers.get("content-type") ?? "";
  const body = kind.includes("json") && answer.status !== 204 ? await answer.json() : null;
  if (!answer.ok && answer.status !== 304) throw new Problem(answer.status, body);
  return { status: answer.status, body, etag: answer.headers.get("etag"), headers: answer.headers };
}

const subjectOf = (jwt) => JSON.parse(atob(jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;

let renewing = null;
async function renew() {
  renewing ??= answered("/v1/session/renew", { method: "POST" }).finally(() => { renewing = null; });
  const fresh = (await renewing).body.access_token;
  const before = token;
  token = fresh;
  if (before && subjectOf(before) !== subjectOf(fresh)) await beginAnew();
}

// Somebody else signed in beside, in another window: this one begins anew as theirs, and sends nothing for them.
function beginAnew() {
  token = null;
  // A worker has nothing to begin anew: what it was about to send waits for whoever laid it down.
  if (!location.reload) throw new Problem(401, null);
  location.reload();
  return new Promise(() => {});
}

// Whether this browser is signed in; throws when the service cannot be asked.
export async function resume() {
  try {
    await renew();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return false;
    throw error;
  }
}

// The whole answer of the API: {status, body, etag, headers}. A token that ran out is renewed once, unseen.
export async function request(path, options = {}) {
  const signed = () => ({ ...options, headers: { ...options.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  try {
    return await answered(path, signed());
  } catch (error) {
    if (error.status !== 401) throw error;
    await renew();
    return answered(path, signed());
  }
}

export const ask = async (path, options) => (await request(path, options)).body;
export const send = (method, path, body, headers = {}) =>
  ask(path, { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

// For streams, which set their own headers.
export const bearer = () => token;

export async function leave() {
  await answered("/v1/session", { method: "DELETE" });
  token = null;
}

// Shows the sign-in form until somebody is signed in with a password of their own; resolves with /v1/me.
export async function enter(place, title) {
  if (!(await resume())) await signIn(place, title);
  let me = await ask("/v1/me");
  if (me.must_change) {
    await choosePassword(place, me.name);
    me = await ask("/v1/me");
  }
  return me;
}

// The forms alone, for a page that works without a line and asks only once it must.
export const signIn = (place, title) => new Promise((done) => place.replaceChildren(signInForm(title, done)));
export const choosePassword = (place, username) => new Promise((done) => place.replaceChildren(passwordForm(username, done)));

function field(label, properties) {
  const input = el("input", { required: true, id: properties.name, ...properties });
  return [el("label", { htmlFor: properties.name }, label), input];
}

function form(title, words, fields, button, run) {
  const note = el("p", { role: "alert", className: "bad" });
  const press = el("button", { type: "submit", className: "main" }, button);
  const submit = async (event) => {
    event.preventDefault();
    press.disabled = true;
    note.textContent = "";
    try {
      await run(Object.fromEntries(new FormData(event.target)));
    } catch (error) {
      note.textContent = error instanceof Problem ? error.message : "Tidak ada sambungan ke layanan. Coba lagi.";
      press.disabled = false;
    }
  };
  return el("form", { className: "signin", on: { submit } }, el("h1", {}, title), el("p", { className: "quiet" }, words), fields, note, press);
}

async function signInWith(username, password) {
  token = (await answered("/v1/session", json({ username, password }))).body.access_token;
}

function signInForm(title, done) {
  const fields = [
    field("Nama pengguna", { name: "username", autocomplete: "username", autocapitalize: "none", spellcheck: false }),
    field("Kata sandi", { name: "password", type: "password", autocomplete: "current-password" }),
  ];
  return form(title, "Masuk dengan akun OPD atau akun petugas.", fields, "Masuk", async ({ username, password }) => {
    await signInWith(username.trim().toLowerCase(), password);
    done();
  });
}

function passwordForm(username, done) {
  const fields = [
    el("input", { type: "text", name: "username", value: username, autocomplete: "username", hidden: true }),
    field("Kata sandi sekarang", { name: "current", type: "password", autocomplete: "current-password" }),
    field("Kata sandi baru", { name: "new", type: "password", autocomplete: "new-password", minLength: 8 }),
  ];
  const words = "Kata sandi ini dibuatkan orang lain. Pilih kata sandi sendiri dahulu.";
  return form("Ganti kata sandi", words, fields, "Simpan", async ({ current, new: chosen }) => {
    try {
      await send("POST", "/v1/me/password", { current, new: chosen });
    } catch (error) {
      // Where the answer was lost the new password may count already, and the sign-in with the old one ended with it.
      if (error instanceof Problem && error.status !== 401 && error.status < 500) throw error;
      await signInWith(username, chosen).catch((refusal) => {
        // Neither the sign-in nor this password counts: only signing in again helps.
        if (error.status === 401 && refusal instanceof Problem) location.reload();
        throw error;
      });
      return done();
    }
    await signInWith(username, chosen);
    done();
  });
}
