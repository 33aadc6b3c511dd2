// Signing out: asked about everything that would go, and then nothing of the account stays on the phone.
import { leave } from "/bagian/session.js";
import { el } from "/bagian/base.js";
import { isTapped } from "/lapor/claim.js";
import { button, nameOf, splash } from "/lapor/parts.js";
import { changeWho, forgetUnits, listUnits, readWho, tell } from "/lapor/store.js";
import { app, put, toList, turnOver } from "/lapor/tab.js";

const RETRY = 5_000;
let again = null;

export const isUnsent = ({ draft, outbox, today }) => Boolean(outbox || (today.roster && isTapped(today, draft)));

app.leave = async () => {
  const { account } = app;
  const unsent = (await listUnits()).filter((record) => record.account === account && isUnsent(record));
  if (unsent.length && !(await agrees(unsent.map((record) => record.unit)))) return;
  turnOver();
  app.leaving = true;
  await changeWho((who) => ({ leaving: true, missed: who?.missed ?? [] }));
  await forgetUnits((record) => record.account === account);
  tell("left");
  await finishLeaving();
};

function agrees(units) {
  return new Promise((done) => {
    const dialog = el("dialog", { className: "sheet", aria: { labelledby: "ask-title" }, on: { close: () => { dialog.remove(); app.closed(); done(dialog.returnValue === "yes"); } } },
      el("div", { className: "inner" }, el("h2", { id: "ask-title" }, "Keluar dan buang isian?"),
        el("p", {}, "Ada isian yang belum terkirim: ", nameOf(units.join(", ")), ". Bila keluar, isian itu dihapus dari HP ini."),
        el("div", { className: "stack" }, button("Tetap di sini", () => dialog.close("no"), "main"), button("Keluar dan buang", () => dialog.close("yes")))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

// Without a line the sign-in cannot be ended at the service yet: it is, before anything else, at the next one.
export async function finishLeaving() {
  Object.assign(app, { account: null, name: null, unit: null, record: null, leaving: true, asking: false });
  toList();
  // Whoever has signed in since, in another tab, stays signed in.
  if (!(await readWho())?.leaving) return location.reload();
  put(splash("Anda sudah keluar", "Isian di HP ini sudah dihapus. Sesi di layanan diakhiri begitu ada sambungan.", button("Coba lagi", finishLeaving)));
  try {
    await leave();
    await changeWho((who) => (who?.missed?.length ? { missed: who.missed } : null));
    location.reload();
  } catch (error) {
    console.warn(error);
    clearTimeout(again);
    again = setTimeout(finishLeaving, RETRY);
  }
}

// Reports that were never sent are told until somebody says that they have been passed on.
app.forgetMissed = async () => {
  await changeWho((who) => ({ ...who, missed: [] }));
  app.missed = [];
  app.show();
};
