// The phone's morning: shows what lies here, asks the service when there is a line, and never loses what was tapped.
import { finishLeaving } from "/lapor/leaving.js";
import { lookAtOnce } from "/lapor/looks.js";
import { isOver } from "/lapor/outbox.js";
import { paintTimes } from "/lapor/parts.js";
import { NoRoom, forgetUnits, hear, listUnits, readUnit, readWho } from "/lapor/store.js";
import { app, showNews, showSoon, tellNoRoom } from "/lapor/tab.js";
import { dayIsOver } from "/lapor/taps.js";

const OLD = 60_000;

// A newer version that came at an earlier visit takes over now, before anything is tapped.
async function takeOver() {
  const workers = navigator.serviceWorker;
  const newer = (await workers?.getRegistration("/lapor"))?.waiting;
  if (!newer || !workers.controller) return;
  workers.addEventListener("controllerchange", () => location.reload(), { once: true });
  newer.postMessage("take over");
}

// After the first look, so that on a thin line it takes nothing from it.
const keepOffline = () =>
  // Some browsers keep no workers; the page works there as long as there is a line.
  navigator.serviceWorker?.register("/lapor/sw.js", { type: "module", scope: "/lapor" }).catch((error) => console.warn(error));

hear(async (message) => {
  if (message === "left") return location.reload();
  if (message !== "changed" || !app.record) return;
  const { unit } = app.record;
  const kept = await readUnit(app.account, unit);
  if (!kept || app.record?.unit !== unit || JSON.stringify(kept) === JSON.stringify(app.record)) return;
  app.record = kept;
  if (kept.words_due) app.refresh();
  // Whoever is writing goes on; what they send is compared once more with what they saw.
  if (!document.activeElement?.matches("#page input, #page textarea")) showSoon();
});
addEventListener("online", lookAtOnce);
addEventListener("offline", () => {
  app.live = false;
  showNews();
});
addEventListener("unhandledrejection", ({ reason }) => {
  if (reason instanceof NoRoom) tellNoRoom(reason);
});
document.addEventListener("visibilitychange", () => {
  const old = !app.record || !app.live || Date.now() - app.record.at > OLD;
  if (document.visibilityState === "visible" && !app.asking && (old || app.record.outbox)) app.refresh();
});
setInterval(() => {
  if (!app.record || app.asking) return;
  if (isOver(app.record)) dayIsOver();
  else paintTimes(app);
}, 1_000);

// What lies here of the unit that was looked at last, or of another one where that is not here.
async function open(who) {
  Object.assign(app, { account: who.account, name: who.name });
  const kept = (await listUnits()).filter((record) => record.account === who.account && !isOver(record));
  const record = kept.find(({ unit }) => unit === (who.chosen ?? "-")) ?? kept[0];
  if (!record) return;
  Object.assign(app, { record, unit: record.today.opd_code });
  app.show();
}

async function start() {
  await takeOver().catch((error) => console.warn(error));
  await forgetUnits((record) => isOver(record) && !record.outbox);
  const who = await readWho();
  app.missed = who?.missed ?? [];
  if (who?.leaving) await finishLeaving();
  else if (who?.account) await open(who);
  await app.refresh();
  keepOffline();
}

start();
