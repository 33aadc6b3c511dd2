// Screens: a television shows a code, the operator types it, sees what is up, and takes it down.
import { el } from "/bagian/base.js";
import { get, place, put, say } from "/kantor/place.js";
import { empty, fill, words } from "/kantor/states.js";

export async function show(node) {
  const list = el("div");
  const refresh = () =>
    fill(
      list,
      () => get("/v1/screens"),
      ({ items }) => table(items, refresh),
    );
  node.append(
    el("h1", {}, "Layar"),
    el(
      "p",
      { className: "quiet" },
      "Buka /papan pada televisi. Kode yang tampil di sana diketik di sini; setelah itu televisi menyala sendiri, juga sesudah listrik padam.",
    ),
    el("div", { className: "pair" }, pairing(refresh), el("section", {}, el("h2", {}, "Yang terpasang"), list)),
  );
  await refresh();
}

function pairing(refresh) {
  const note = el("p", { role: "alert", className: "note" });
  const code = el("input", {
    id: "code",
    required: true,
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: false,
    maxLength: 16,
    className: "code",
  });
  const name = el("input", { id: "name", required: true, maxLength: 60, placeholder: "aula-kantor-bupati", autocomplete: "off" });
  const counts = el("input", { id: "counts", type: "checkbox" });
  const press = el("button", { type: "submit", className: "main" }, "Pasang");
  const submit = async (event) => {
    event.preventDefault();
    press.disabled = true;
    note.textContent = "";
    try {
      const made = await put("POST", "/v1/screens", { code: code.value.trim(), name: name.value.trim(), counts_only: counts.checked });
      event.target.reset();
      say(`Layar ${made.name} terpasang.`);
      await refresh();
    } catch (error) {
      note.textContent = words(error);
      code.select();
    }
    press.disabled = false;
    code.focus();
  };
  return el(
    "form",
    { className: "pairing", on: { submit } },
    el("h2", {}, "Pasang layar"),
    el("label", { htmlFor: "code" }, "Kode di televisi"),
    code,
    el("label", { htmlFor: "name" }, "Nama layar ini"),
    name,
    el("p", {}, el("label", { htmlFor: "counts" }, counts, " Ruang tamu: hanya jumlah dan tren, tanpa nama OPD")),
    note,
    press,
  );
}

function table(items, refresh) {
  if (!items.length) return empty("Belum ada layar yang terpasang.");
  const head = ["Nama", "Menampilkan", "Sejak", "Tindakan"].map((title) => el("th", { scope: "col" }, title));
  return el(
    "div",
    { className: "wide" },
    el(
      "table",
      {},
      el("caption", { className: "unseen" }, "Layar yang terpasang"),
      el("thead", {}, el("tr", {}, head)),
      el(
        "tbody",
        {},
        items.map((screen) => row(screen, refresh)),
      ),
    ),
  );
}

// Taking down asks once more in the same place, so that no screen goes dark by one slip.
function row(screen, refresh) {
  const act = el("td");
  const ask = () => {
    const yes = el(
      "button",
      { type: "button", className: "main", on: { click: () => takeDown(screen, act, refresh) } },
      `Ya, lepas ${screen.name}`,
    );
    act.replaceChildren(yes, " ", el("button", { type: "button", on: { click: offer } }, "Batal"));
    yes.focus();
  };
  const offer = () => {
    const press = el("button", { type: "button", ariaLabel: `Lepas ${screen.name}`, on: { click: ask } }, "Lepas");
    act.replaceChildren(press);
    return press;
  };
  offer();
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, screen.name),
    el("td", {}, screen.counts_only ? "jumlah saja" : "papan penuh"),
    el("td", {}, `${place.clock.day(screen.paired_at)}, ${place.clock.time(screen.paired_at)}`),
    act,
  );
}

async function takeDown(screen, act, refresh) {
  try {
    await put("DELETE", `/v1/screens/${screen.id}`);
    say(`Layar ${screen.name} dilepas.`);
    await refresh();
    document.getElementById("code").focus();
  } catch (error) {
    act.append(el("p", { role: "alert", className: "bad" }, words(error)));
  }
}
