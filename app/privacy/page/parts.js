// What the sections are made of: elements, questions to the service, figures, reasons, and a form with one text.
import { say } from "/saya/words.js";

export const TOKEN = "apel-token";

export function el(name, options = {}, ...children) {
  const { on, ...properties } = options;
  const made = Object.assign(document.createElement(name), properties);
  for (const [event, run] of Object.entries(on ?? {})) made.addEventListener(event, run);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export async function ask(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = { "accept-language": "id", ...options.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  const body = await answer.json();
  if (answer.ok) return body;
  throw Object.assign(new Error(`${body.title ?? ""} ${body.detail ?? ""}`.trim()), { status: answer.status });
}

export const post = (path, body) =>
  ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });

export const section = (title, ...children) => el("section", {}, el("h2", {}, title), ...children);
export const item = (...children) => el("div", { className: "item" }, ...children);
export const quiet = (words) => el("p", { className: "quiet" }, words);
export const figure = (value, words) => el("li", {}, el("b", {}, value), words);
export const figures = (...found) => el("ul", { className: "figures" }, ...found);
export const list = (entries) => el("ul", { className: "lines" }, entries.map((entry) => el("li", {}, entry)));
export const fold = (words, ...children) => el("details", {}, el("summary", {}, words), ...children);

function rule({ facts, policy }) {
  const from = facts?.source ? `: ${facts.source}${facts.verified ? "" : " (belum diverifikasi)"}` : "";
  return el("p", { className: "source" }, `Aturan ${policy}${from}`);
}

export function lines(found, words = "Dari mana angka ini?") {
  return found.length === 0 ? null
    : fold(words, el("ul", { className: "lines" }, found.map((line) => el("li", {}, line.text, rule(line)))));
}

// Says in place why something was not kept; what was written stays.
export function refused(note, error) {
  note.className = "bad";
  note.textContent = error instanceof TypeError ? "Belum terkirim: tidak ada sambungan. Tulisan Anda tetap di sini." : error.message;
}

// A text and its button; once it is kept, the page is told to read the record anew.
export function form({ href, title, label, send, body, open = false }) {
  const text = el("textarea", { required: true, maxLength: 2000, ariaLabel: label });
  const note = el("p", { role: "status" });
  const button = el("button", { type: "submit" }, send);
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await post(href, body(text.value));
      dispatchEvent(new Event("kept"));
    } catch (error) {
      refused(note, error);
      button.disabled = false;
    }
  };
  return Object.assign(fold(title, el("form", { on: { submit } }, text, button, note)), { open });
}

export const contest = (href, title) =>
  form({ href, title, label: "Alasan keberatan", send: "Kirim keberatan", body: (reason) => ({ reason }) });

export const absent = (missing) => figure("–", say(missing));
