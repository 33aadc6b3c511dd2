// What a person should look at: outcome and note by keyboard, the gravest first.
import { el } from "/bagian/base.js";
import { facts, openEvidence } from "/kantor/facts.js";
import { all, get, may, put, say } from "/kantor/place.js";
import { Moved, Queue, apelChooser } from "/kantor/queue.js";
import { GRADES, OUTCOMES, STATUSES } from "/kantor/words.js";

const READY = {
  explained: ["Dikonfirmasi lewat telepon.", "Sinyal di lokasi tidak ada.", "Perangkat dipakai bersama."],
  confirmed: ["Sudah dicocokkan dengan OPD.", "OPD mengakui kekeliruan laporannya."],
  dismissed: ["Bukan pegawai yang dimaksud.", "Salah dengar atau salah ketik."],
};
const DECIDED = ["H", "TK", "DL", "DD", "DK", "TB", "CT", "CB", "CS", "CM", "CP", "CLTN", "S", "I"];
const DECIDED_ALREADY = ["finding-resolved", "finding-resolved-anew"];
const ORDER = ["impossible", "suspicious", "explainable", "ok"];

export async function show(node) {
  const { apel: current } = await get("/v1/board");
  const head = el("div", { className: "head" }, el("h1", {}, "Temuan yang perlu dilihat"));
  node.append(head);
  if (!current) return void node.append(el("p", { className: "state" }, "Belum ada apel."));
  const { items: apels } = await get(`/v1/apel?to=${current.date}&limit=8`);
  // Findings come after the deadline: until then the last apel's are the ones to work on.
  const first = ["closed", "final"].includes(current.state)
    ? current.id
    : (apels.find((apel) => ["closed", "final"].includes(apel.state)) ?? current).id;
  let work = null;
  const body = el("div");
  const begin = (apelId) => {
    work?.queue.stop();
    body.replaceChildren();
    work = new Findings(body, apelId);
  };
  node.append(el("p", { className: "quiet" }, "Temuan bukan hukuman: ia menunjukkan apa yang perlu dijelaskan."), body);
  head.append(apelChooser(apels, first, begin));
  begin(first);
  return () => work.queue.stop();
}

class Findings {
  constructor(node, apelId) {
    this.path = `/v1/apel/${apelId}/findings`;
    const pick = (outcome) => (item) => this.pick(item, outcome);
    this.queue = new Queue(node, {
      name: "Temuan",
      done: "Selesai: tidak ada temuan yang terbuka.",
      key: (item) => item.id,
      keys: { 1: ["dijelaskan", pick("explained")], 2: ["terbukti", pick("confirmed")], 3: ["dikesampingkan", pick("dismissed")] },
      load: () => this.load(),
      label: (item) => this.label(item),
      detail: (item) => this.detail(item),
    });
    this.queue.refresh();
  }

  async load() {
    const open = (await all(this.path)).filter((item) => item.state === "open" && item.grade !== "ok");
    return open.toSorted((a, b) => ORDER.indexOf(a.grade) - ORDER.indexOf(b.grade) || a.opd_code.localeCompare(b.opd_code));
  }

  label(item) {
    const [mark, words, kind] = GRADES[item.grade];
    return [
      el("span", { className: `tag ${kind}` }, el("span", { ariaHidden: "true" }, `${mark} `), words),
      el("span", {}, ` ${item.opd_code} `),
      el("span", { className: "quiet small" }, item.text),
    ];
  }

  detail(item) {
    const person =
      item.asn_id &&
      may("bupati", "admin", "inspector", "opd_head", "opd_operator") &&
      el("a", { href: `#/asn/${item.asn_id}` }, "catatan orangnya");
    const who = el("p", {});
    if (item.asn_id) nameIt(who, item);
    return [
      el("h2", {}, `${item.opd_code}: ${item.text}`),
      who,
      facts(item.facts),
      el(
        "p",
        { className: "chips" },
        el(
          "button",
          { type: "button", className: "plain", on: { click: () => openEvidence("Temuan", `/v1/findings/${item.id}`) } },
          "rincian",
        ),
        " ",
        el("a", { href: `#/opd/${item.opd_code}` }, item.opd_code),
        " ",
        person,
      ),
      this.form(item),
    ];
  }

  form(item) {
    const disputed = item.code === "unexplained-but-connected";
    const note = el("textarea", { id: "note", rows: 3, required: true, maxLength: 2000, on: { keydown: (event) => this.typed(event) } });
    const ready = el("p", { className: "chips" });
    const outcomes = Object.entries(OUTCOMES).map(([value, words], place) =>
      el(
        "label",
        {},
        el("input", { type: "radio", name: "outcome", value, required: true, on: { change: () => this.offer(value, ready, note) } }),
        " ",
        el("kbd", {}, String(place + 1)),
        ` ${words}`,
      ),
    );
    const decided = disputed && [
      el("label", { htmlFor: "decided" }, "Status yang berlaku"),
      el(
        "select",
        { id: "decided", required: true },
        el("option", { value: "" }, "pilih…"),
        DECIDED.map((code) => el("option", { value: code }, `${code} – ${STATUSES[code]}`)),
      ),
    ];
    return el(
      "form",
      { className: "resolve", on: { submit: (event) => this.submit(event, item) } },
      el("fieldset", {}, el("legend", {}, "Hasil"), outcomes),
      decided || null,
      el("label", { htmlFor: "note" }, "Catatan"),
      note,
      ready,
      el(
        "p",
        { className: "tools" },
        el("button", { type: "submit", className: "main" }, "Selesaikan"),
        el("span", { className: "quiet small" }, "Ctrl+Enter mengirim, Esc kembali ke antrean"),
      ),
    );
  }

  offer(outcome, place, note) {
    place.replaceChildren(
      ...READY[outcome].map((words) =>
        el(
          "button",
          {
            type: "button",
            className: "plain",
            on: {
              click: () => {
                note.value = words;
                note.focus();
              },
            },
          },
          words,
        ),
      ),
    );
  }

  pick(item, outcome) {
    const radio = this.queue.detail.querySelector(`input[value="${outcome}"]`);
    radio.checked = true;
    radio.dispatchEvent(new Event("change"));
    (this.queue.detail.querySelector("#decided") ?? this.queue.detail.querySelector("#note")).focus();
  }

  typed(event) {
    if (event.key === "Escape") this.queue.focusChosen();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form.requestSubmit();
  }

  async submit(event, item) {
    event.preventDefault();
    const form = event.target;
    const body = { outcome: form.elements.outcome.value, note: form.elements.note.value.trim() };
    if (!body.note) return say("Tulis catatannya dahulu.");
    if (form.elements.decided) body.status = form.elements.decided.value;
    this.queue.focusChosen();
    await this.queue.settle(
      item,
      async () => {
        try {
          return await put("POST", `/v1/findings/${item.id}/resolve`, body);
        } catch (error) {
          throw DECIDED_ALREADY.includes(error.code) ? new Moved(await decision(item, error)) : error;
        }
      },
      `Temuan ${item.opd_code} selesai: ${OUTCOMES[body.outcome]}.`,
    );
  }
}

async function nameIt(place, item) {
  const person = await get(`/v1/asn/${item.asn_id}`).catch(() => null);
  if (person) place.textContent = `${person.name} · NIP ${person.nip_masked}`;
}

// What a colleague decided meanwhile, in the words that this reader may know.
async function decision(item, refusal) {
  const { resolution } = await get(`/v1/findings/${item.id}`).catch(() => ({}));
  if (!resolution) return refusal.message;
  const { by, outcome, status, note } = resolution;
  return `Sudah diselesaikan oleh ${by}: ${[OUTCOMES[outcome], status, note].filter(Boolean).join(" – ")}`;
}
