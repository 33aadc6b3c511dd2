// What lies on the phone: per account and unit one record of the day, and who uses the phone. In IndexedDB, so that
// the page and its worker see the same, and a change is whole or not at all.
const STORE = "kept";
const WHO = "who";

let opened = null;
function open() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open("lapor", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => {
      // Another tab that deletes or renews the database must not wait for this one.
      asked.result.onversionchange = () => { asked.result.close(); opened = null; };
      asked.result.onclose = () => { opened = null; }; // by the browser, which was short of room
      done(asked.result);
    };
    asked.onerror = () => fail(asked.error);
  });
  opened.catch(() => { opened = null; });
  return opened;
}

// Nothing can be kept: the phone is full, or its browser forbids it.
export class NoRoom extends Error {}

// A connection that is closing already is opened anew, once.
async function begin(mode) {
  const kept = await open();
  try {
    return kept.transaction(STORE, mode);
  } catch {
    opened = null;
    return (await open()).transaction(STORE, mode);
  }
}

function finish(transaction, run) {
  return new Promise((done, fail) => {
    let result;
    transaction.oncomplete = () => done(result);
    transaction.onabort = transaction.onerror = () => fail(transaction.error);
    run(transaction.objectStore(STORE), (value) => { result = value; });
  });
}

async function within(mode, run) {
  try {
    return await finish(await begin(mode), run);
  } catch (error) {
    throw new NoRoom("nothing can be kept", { cause: error });
  }
}

const recordKey = (account, unit) => `unit:${account}:${unit}`;

const get = (key) =>
  within("readonly", (store, done) => { store.get(key).onsuccess = (event) => done(event.target.result ?? null); });

// Reads and writes in one transaction: two tabs and the worker never undo each other's change.
function changeIn(store, key, make, done) {
  store.get(key).onsuccess = (event) => {
    const made = make(event.target.result ?? null);
    if (made === null) store.delete(key);
    else if (made !== undefined) store.put(made, key);
    done(made ?? null);
  };
}

export const readWho = () => get(WHO);
export const changeWho = (make) => within("readwrite", (store, done) => changeIn(store, WHO, make, done));
export const readUnit = (account, unit) => get(recordKey(account, unit));

// Whoever is leaving leaves nothing behind: meanwhile no tab and no worker writes a record. What lies there then, or null.
export const changeUnit = (account, unit, make) =>
  within("readwrite", (store, done) => {
    done(null);
    store.get(WHO).onsuccess = (event) => {
      if (!event.target.result?.leaving) changeIn(store, recordKey(account, unit), make, done);
    };
  });

export const listUnits = () =>
  within("readonly", (store, done) => {
    const range = IDBKeyRange.bound("unit:", "unit:\uffff");
    store.getAll(range).onsuccess = (event) => done(event.target.result);
  });

// Deletes the records for which `goes(record)` holds; returns them.
export const forgetUnits = (goes) =>
  within("readwrite", (store, done) => {
    const gone = [];
    done(gone);
    store.openCursor(IDBKeyRange.bound("unit:", "unit:\uffff")).onsuccess = (event) => {
      const cursor = event.target.result;
      if (!cursor) return;
      if (goes(cursor.value)) {
        gone.push(cursor.value);
        cursor.delete();
      }
      cursor.continue();
    };
  });

// Other tabs and the page itself hear that something on the phone has changed.
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("lapor") : null;
export const tell = (message) => channel?.postMessage(message);
export const hear = (run) => channel?.addEventListener("message", (event) => run(event.data));
