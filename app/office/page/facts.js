// Evidence opened in place: whatever the service answers, as names and values, with further evidence one step away.
import { count, el, percent } from "/bagian/base.js";
import { NAMES } from "/kantor/names.js";
import { get, place } from "/kantor/place.js";
import { fill } from "/kantor/states.js";
import {
  ABOUT,
  CHANNELS,
  FINDINGS,
  GRADES,
  KINDS,
  MATCHED,
  METHODS,
  OUTCOMES,
  REASONS,
  REPORTS,
  RULES,
  STATES,
  STATUSES,
  tame,
} from "/kantor/words.js";

const QUIET = new Set([
  "id",
  "apel_id",
  "asn_id",
  "mark_id",
  "version_id",
  "participant_id",
  "next_cursor",
  "href",
  "correction_id",
  "band_size",
  "excluded",
  "numerator",
  "denominator",
  "candidates",
  "document",
  "nip",
  "bar",
  "spot_check_id",
]);
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const WORDS = {
  ...REPORTS,
  ...STATES,
  ...STATUSES,
  ...KINDS,
  ...RULES,
  ...CHANNELS,
  resolved: "selesai",
  room: "ruang",
  person: "orang",
  unknown: "belum dikenali",
  operator: "operator",
  exceptions: "hanya pengecualian",
  all: "semua",
  wfo: "di kantor",
  wfa: "WFA",
  WFA: "WFA yang disetujui",
};
const OF_FIELD = {
  outcome: OUTCOMES,
  matched_by: MATCHED,
  code: { ...STATUSES, ...FINDINGS, "no-rule-set": "belum ada aturan yang dimuat" },
  reason: REASONS,
  method: METHODS,
  about: ABOUT,
};
const SPOKEN = new Set(["status", "state", "rule", "kind", "channel", "mode", "entries_are", "report", "claim", "absence"]);
const number = new Intl.NumberFormat("id-ID", { maximumFractionDigits: 2 });

const nameOf = (key) => NAMES[key] ?? STATUSES[key] ?? RULES[key] ?? key.replaceAll("_", " ");
const isRate = (value) => value && typeof value === "object" && "numerator" in value && "denominator" in value;

function plain(key, value) {
  if (value === true) return "ya";
  if (value === false) return "tidak";
  if (typeof value === "number") return number.format(value);
  if (TIME.test(value)) return `${place.clock.day(value)} ${place.clock.seconds(value)} ${place.zone}`;
  if (DAY.test(value)) return place.clock.date(value);
  if (key === "grade") return GRADES[value]?.[1] ?? value;
  // A reason may be a code or somebody's own words.
  if (OF_FIELD[key]) return OF_FIELD[key][value] ?? tame(value);
  return SPOKEN.has(key) ? (WORDS[value] ?? value) : tame(value);
}

function told(key, value, open) {
  if (isRate(value)) return el("span", {}, `${percent(value)} (${count(value.numerator)} dari ${count(value.denominator)})`);
  if (Array.isArray(value)) return list(key, value, open);
  if (typeof value === "object") return facts(value, open);
  return el("bdi", {}, plain(key, value));
}

function list(key, values, open) {
  const own = values.filter((value) => value !== null);
  if (key === "evidence" && own.every((one) => one?.href))
    return el(
      "ul",
      { className: "chips" },
      evidence(own, open).map((button) => el("li", {}, button)),
    );
  return el(
    "ul",
    { className: "facts" },
    own.map((value) => el("li", {}, short(value) ?? told(key, value, open))),
  );
}

// What fits in a line stands in one: a person who is named, a span of time.
function short(value) {
  if (typeof value !== "object") return null;
  const shown = visible(value);
  if (!shown.length || shown.length > 5 || shown.some(([, one]) => typeof one === "object")) return null;
  return el("bdi", {}, shown.map(([key, one]) => plain(key, one)).join(" · "));
}

const visible = (value) =>
  Object.entries(value).filter(([key, one]) => {
    // The sentence says what its code does.
    if (QUIET.has(key) || (key === "code" && value.text)) return false;
    return one !== null && one !== "" && !(typeof one === "object" && !Object.keys(one).length);
  });

// Any answer of the service; what only machines need is left out.
export function facts(value, open = openEvidence) {
  const shown = visible(value);
  if (!shown.length) return el("span", { className: "quiet" }, "–");
  if (shown.length === 1 && Array.isArray(value.items))
    return el(
      "div",
      { className: "stack" },
      value.items.map((item) => facts(item, open)),
    );
  return el(
    "dl",
    { className: "facts" },
    shown.map(([key, one]) => el("div", {}, el("dt", {}, nameOf(key)), el("dd", {}, told(key, one, open)))),
  );
}

// One button per fact; of several of a kind the first bears the name and the others their number.
export function evidence(items, open = openEvidence) {
  return [...Map.groupBy(items, (one) => one.kind)].flatMap(([kind, same]) =>
    same.map((one, place) => {
      const words = `${KINDS[kind] ?? kind}${same.length > 1 ? ` ${place + 1}` : ""}`;
      return el(
        "button",
        { type: "button", className: "plain", ariaLabel: words, data: { evidence: kind }, on: { click: () => open(words, one.href) } },
        place ? String(place + 1) : words,
      );
    }),
  );
}

function dialogOf(title) {
  const heading = el("h2", { tabIndex: -1 }, title);
  const body = el("div", { className: "opened" });
  const made = el(
    "dialog",
    { className: "drawer", ariaLabel: title, on: { close: () => made.remove(), click: (event) => event.target === made && made.close() } },
    el("div", { className: "head" }, heading, el("button", { type: "button", on: { click: () => made.close() } }, "Tutup")),
    body,
  );
  document.body.append(made);
  made.showModal();
  heading.focus();
  return body;
}

export function openEvidence(title, href) {
  fill(
    dialogOf(title),
    () => get(href),
    (found) => facts(found),
  );
}

// A line that is there already: rule, figures and what it rests on.
export function openFact(title, line) {
  dialogOf(title).append(facts(line));
}

let policies = null;
// The rule set by its label (`code@version`), with its legal source.
export function openPolicy(label) {
  const body = dialogOf(`Kebijakan ${label}`);
  fill(
    body,
    async () => (policies ??= await get("/v1/policies?limit=200")).items.find((one) => one.label === label),
    (found) =>
      found
        ? facts({
            title: found.title,
            legal_basis: found.legal_basis,
            state: WORDS[found.state] ?? found.state,
            effective_from: found.effective_from,
            effective_to: found.effective_to,
            activated_by: found.activated_by,
          })
        : el("p", {}, "Kebijakan ini tidak ditemukan."),
  );
}
