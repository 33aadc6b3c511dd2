// Devices that nobody could be matched to: one key says whom they are, the next one is there at once.
import { el } from "/bagian/base.js";
import { Problem } from "/bagian/session.js";
import { all, get, place, put, say } from "/kantor/place.js";
import { Queue, apelChooser } from "/kantor/queue.js";
import { failure, words } from "/kantor/states.js";
import { isTamed, tame } from "/kantor/words.js";

const BUSY = "Tunggu: penetapan terakhir sedang dibatalkan.";
const SAID = ["assignment-replaced", "nothing-assigned"]; // these tell themselves who is credited
const OVERTAKEN = "perangkatnya sudah ditetapkan lagi oleh operator lain, dan itu tetap berlaku.";

export async function show(node) {
  const { apel: current } = await get("/v1/board");
  const head = el("div", { className: "head" }, el("h1", {}, "Peserta belum dikenali"));
  node.append(head);
  if (!current) return void node.append(el("p", { className: "state" }, "Belum ada apel."));
  const { items: apels } = await get(`/v1/apel?to=${current.date}&limit=8`);
  let work = null;
  const body = el("div");
  const begin = (apelId) => {
    work?.stop();
    body.replaceChildren();
    work = new Unmatched(body, apelId);
  };
  head.append(apelChooser(apels, current.id, begin));
  node.append(body);
  begin(current.id);
  return () => work.stop();
}

class Unmatched {
  constructor(node, apelId) {
    Object.assign(this, { path: `/v1/apel/${apelId}/participants`, remember: false, skipped: new Set(), last: null, undoing: false });
    const keys = {
      "1–9": ["menetapkan calon dengan nomor itu", (item, key) => this.pick(item, item.candidates[Number(key) - 1])],
      o: ["operator, perekam, atau bot: tidak dihitung", (item) => this.assign(item, { operator: true }, "operator")],
      u: ["lewati: tetap belum dikenali, pindah ke ujung antrean", (item) => this.skip(item)],
      r: ["ingat untuk apel berikutnya: ya atau tidak", () => this.toggle(), true],
      "/": ["cari orang atau ruang lain", () => this.queue.detail.querySelector("input[type=search]")?.focus()],
      z: ["batalkan penetapan terakhir: perangkatnya kembali ke antrean", () => this.undo(), true],
    };
    this.queue = new Queue(node, {
      name: "Peserta belum dikenali",
      done: "Selesai: semua peserta sudah dikenali.",
      keys,
      key: (item) => item.id,
      load: () => this.load(),
      label: (item) => this.label(item),
      detail: (item) => this.detail(item),
    });
    this.queue.refresh();
  }

  stop() {
    this.queue.stop();
  }

  async load() {
    const items = await all(`${this.path}?matched=false`);
    const weight = (item) => (this.skipped.has(item.id) ? 1 : 0);
    return items.toSorted((a, b) => weight(a) - weight(b));
  }

  label(item) {
    return [
      el("bdi", { className: "name" }, tame(item.display_name)),
      el(
        "span",
        { className: "quiet small" },
        [item.subject.opd_code, `${Math.floor(item.seconds / 60)} menit`, this.skipped.has(item.id) && "dilewati"]
          .filter(Boolean)
          .join(" · "),
      ),
    ];
  }

  detail(item) {
    const hidden =
      isTamed(item.display_name) &&
      el("p", { className: "quiet small" }, "Nama ini memuat karakter tersembunyi atau terlalu panjang; yang tampil sudah dirapikan.");
    const times = item.intervals.map((one) => `${place.clock.time(one.from)}–${one.to ? place.clock.time(one.to) : "sekarang"}`).join(", ");
    return [
      el("h2", { className: "name" }, el("bdi", {}, tame(item.display_name))),
      hidden,
      el(
        "p",
        { className: "quiet" },
        `Terhubung ${times} ${place.zone}${item.subject.opd_code ? ` · mengaku ${item.subject.opd_code}` : ""}${item.network_gap ? " · sempat terputus jaringan" : ""}`,
      ),
      this.candidates(item),
      this.others(item),
      this.search(item),
    ];
  }

  candidates(item) {
    if (!item.candidates.length)
      return el("p", { className: "quiet" }, "Tidak ada calon yang cocok dengan nama ini. Cari di bawah, atau lewati.");
    return el(
      "ol",
      { className: "choices" },
      item.candidates.map((one, place) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", on: { click: () => this.pick(item, one) } },
            el("kbd", {}, String(place + 1)),
            el(
              "span",
              {},
              el("strong", {}, one.asn_id ? one.name : `Ruang ${one.name}`),
              ` · ${one.opd_code} · cocok ${one.score} %`,
              el("span", { className: "quiet small" }, one.reasons.map((reason) => reason.text).join(" ")),
            ),
          ),
        ),
      ),
    );
  }

  others(item) {
    const remember = el("input", {
      type: "checkbox",
      id: "remember",
      checked: this.remember,
      on: {
        change: () => {
          this.remember = remember.checked;
        },
      },
    });
    return el(
      "p",
      { className: "tools" },
      el(
        "button",
        { type: "button", on: { click: () => this.assign(item, { operator: true }, "operator") } },
        el("kbd", {}, "o"),
        " Operator",
      ),
      el("button", { type: "button", on: { click: () => this.skip(item) } }, el("kbd", {}, "u"), " Lewati"),
      el("label", { htmlFor: "remember" }, remember, " ", el("kbd", {}, "r"), " ingat untuk apel berikutnya"),
    );
  }

  search(item) {
    const found = el("ul", { className: "choices" });
    const input = el("input", {
      type: "search",
      id: "search",
      autocomplete: "off",
      on: {
        keydown: (event) => {
          if (event.key === "Escape") this.queue.focusChosen();
        },
      },
    });
    const run = async (event) => {
      event.preventDefault();
      const asked = input.value.trim();
      if (!asked) return;
      try {
        found.replaceChildren(...(await this.look(item, asked)));
        say(found.children.length ? `${found.children.length} ditemukan.` : "Tidak ada yang cocok.");
        found.querySelector("button")?.focus();
      } catch (error) {
        found.replaceChildren(el("li", {}, failure(error)));
      }
    };
    return el(
      "form",
      { role: "search", className: "search", on: { submit: run } },
      el("label", { htmlFor: "search" }, "Cari nama pegawai atau kode OPD (ruang)"),
      el("span", { className: "tools" }, input, el("button", { type: "submit" }, "Cari")),
      found,
    );
  }

  async look(item, asked) {
    const people = get(`/v1/asn?q=${encodeURIComponent(asked)}&limit=8`);
    const rooms = (await get("/v1/opd?limit=200")).items
      .filter((opd) => [opd.code, opd.short_name, opd.name].some((name) => name.toLowerCase().includes(asked.toLowerCase())))
      .slice(0, 4);
    const choices = [
      ...rooms.map((opd) => ({ asn_id: null, opd_code: opd.code, name: opd.short_name })),
      ...(await people).items.map((one) => ({ asn_id: one.id, opd_code: one.assignment.opd_code, name: one.name })),
    ];
    if (!choices.length) return [el("li", { className: "quiet" }, "Tidak ada yang cocok.")];
    return choices.map((one) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", on: { click: () => this.pick(item, one) } },
          el("strong", {}, one.asn_id ? one.name : `Ruang ${one.name}`),
          ` · ${one.opd_code}`,
        ),
      ),
    );
  }

  toggle() {
    this.remember = !this.remember;
    const box = this.queue.detail.querySelector("#remember");
    if (box) box.checked = this.remember;
    say(this.remember ? "Akan diingat untuk apel berikutnya." : "Hanya untuk apel ini.");
  }

  skip(item) {
    if (this.undoing) return say(BUSY);
    this.skipped.add(item.id);
    const rest = this.queue.items.filter((one) => one !== item);
    this.queue.take([...rest, item]);
    this.queue.choose(rest[0] ?? item);
    say(`Dilewati: ${tame(item.display_name)}.`);
  }

  pick(item, one) {
    if (!one) return say("Tidak ada calon dengan nomor itu.");
    return this.assign(
      item,
      one.asn_id ? { asn_id: one.asn_id } : { opd_code: one.opd_code },
      one.asn_id ? one.name : `ruang ${one.opd_code}`,
    );
  }

  async assign(item, subject, named) {
    if (this.undoing) return say(BUSY);
    const [remember, name] = [this.remember, tame(item.display_name)];
    const made = { item, subject, named };
    const send = async () => {
      try {
        return await put("POST", `${this.path}/${item.id}/assign`, { ...subject, remember });
      } catch (error) {
        made.unsure = unsure(error); // it may have been written all the same
        throw error;
      }
    };
    made.answer = this.queue.settle(item, send, `${name} ditetapkan sebagai ${named}.`);
    this.last = made;
    const answer = await made.answer;
    // What a colleague had said before is not taken back from here.
    const own = answer?.participants.length > 0;
    if (!own && !made.unsure && this.last === made) this.last = null;
    if (!answer || this.undoing) return;
    const kept = remember ? ", juga untuk apel berikutnya" : "";
    this.queue.tell(own ? `${name} → ${named}${kept}. z membatalkan.` : `${name} sudah tercatat sebagai ${named}.`);
  }

  async undo() {
    if (this.undoing) return say(BUSY);
    if (!this.last) return say("Belum ada yang dapat dibatalkan.");
    const last = this.last;
    Object.assign(this, { undoing: true, last: null });
    try {
      const answer = await last.answer;
      if (answer?.participants.length || last.unsure) await this.takeBack(last, answer?.participants ?? []);
    } finally {
      this.undoing = false;
    }
  }

  // The words come last: choosing an item wipes what was told before.
  async takeBack(last, participants) {
    const { item, subject, named } = last;
    const name = tame(item.display_name);
    try {
      const body = { ...subject, reason: "Salah ditetapkan, langsung dibatalkan di antrean." };
      const { taken_back: ended, ...now } = await put("POST", `${this.path}/${item.id}/unassign`, body);
      this.skipped.delete(item.id);
      const strangers = now.participants.filter((one) => one.subject.kind === "unknown");
      const stranger = strangers.find((one) => one.id === item.id) ?? strangers[0];
      const back = await this.queue.putBack(stranger?.id ?? item.id);
      const replaced = ended.length > 0 && ended.every((one) => one.everywhere);
      const credited = replaced ? OVERTAKEN : await this.credited(now.participants, stranger ?? back, named);
      const forgotten = ended.some((one) => one.everywhere) ? " Pengenalnya tidak lagi diingat untuk apel berikutnya." : "";
      this.queue.tell(`Penetapan untuk ${name} dibatalkan; ${credited}${forgotten}`);
    } catch (error) {
      this.last ??= last;
      const sure = unsure(error) ? "belum pasti dibatalkan." : "tidak dibatalkan.";
      const still = await this.still(last, participants, error);
      this.queue.tell(`Penetapan untuk ${name} ${sure} ${words(error)} ${still}`);
    }
  }

  async credited(participants, stranger, named) {
    if (stranger) return `${named} tidak lagi tercatat lewat perangkat ini.`;
    const known = participants.find((one) => one.subject.kind !== "unknown");
    const whom = known && (await this.whom(known.subject).catch(() => null));
    return whom ? `tanpa penetapan, perangkat ini dikenali sebagai ${whom}.` : "muat ulang untuk melihat keadaannya.";
  }

  // Who is credited when nothing was taken back, as the service has it and not as this page remembers it.
  async still({ item, subject, named }, participants, error) {
    if (SAID.includes(error.code)) return "";
    try {
      const { id } = participants.find((one) => means(one.subject, subject));
      const { decisions } = await get(`${this.path}/${id}`);
      if (decisions.some((one) => one.participant_id === item.id && one.standing && !one.everywhere))
        return `${named} masih tercatat lewat perangkat ini.`;
    } catch {
      // Said below: it is not known.
    }
    return "Siapa yang kini tercatat lewat perangkat ini belum dapat dipastikan.";
  }

  async whom(subject) {
    if (subject.kind === "person") return (await get(`/v1/asn/${subject.asn_id}`)).name;
    return subject.kind === "room" ? `ruang ${subject.opd_code}` : "operator";
  }
}

// Whether a request that failed may have done its work all the same.
function unsure(error) {
  return !(error instanceof Problem) || error.status >= 500;
}

// An assigned participant becomes another one; by its subject it is found again.
function means(found, chosen) {
  if (chosen.asn_id) return found.asn_id === chosen.asn_id;
  return chosen.operator ? found.kind === "operator" : found.kind === "room" && found.opd_code === chosen.opd_code;
}
