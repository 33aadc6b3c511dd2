// Keeps the page's own files, so that it opens without a line, and sends what waits once there is one again.
// An answer of the API never lies here: what the page keeps of people it keeps itself, and wipes.
import { deliverAll } from "/lapor/outbox.js";

const SHELL = __SHELL__;
const NAME = `lapor-${Object.values(SHELL).map((digest) => digest.slice(0, 4)).join("")}`;

async function keep(cache, path) {
  const answer = await fetch(path, { cache: "no-cache" });
  // While the service is being renewed, two versions answer: a mixture must not be kept.
  if (!answer.ok || !(answer.headers.get("etag") ?? "").includes(SHELL[path])) throw new Error(`${path} is of another version`);
  await cache.put(path, answer);
}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => Promise.all(Object.keys(SHELL).map((path) => keep(cache, path)))));
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("lapor-") && name !== NAME);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

// A page that has just been opened asks for this; one with work in it never does.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !(pathname in SHELL)) return;
  event.respondWith(caches.open(NAME).then((cache) => cache.match(pathname)).then((kept) => kept ?? fetch(event.request)));
});

self.addEventListener("sync", (event) => {
  const send = async () => {
    if (await deliverAll()) throw new Error("still waiting"); // so that the browser tries again later
  };
  if (event.tag === "lapor") event.waitUntil(send());
});
