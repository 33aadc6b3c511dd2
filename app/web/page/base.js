// What all pages share: elements without markup, figures as Indonesia writes them, times of the regency.

// el("button", { type: "button", on: { click: run }, data: { code: "X" } }, "Kirim"); null and false children are left out.
export function el(name, options = {}, ...children) {
  const { on, data, aria, ...properties } = options;
  const made = Object.assign(document.createElement(name), properties);
  for (const [event, run] of Object.entries(on ?? {})) made.addEventListener(event, run);
  for (const [key, value] of Object.entries(data ?? {})) made.dataset[key] = value;
  for (const [key, value] of Object.entries(aria ?? {})) made.setAttribute(`aria-${key}`, value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const whole = new Intl.NumberFormat("id-ID");
const exact = new Intl.NumberFormat("id-ID", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const count = (number) => (number === null || number === undefined ? "–" : whole.format(number));
export const percent = (rate) => (rate?.percent === null || rate?.percent === undefined ? "–" : `${exact.format(rate.percent)} %`);
export const points = (number) => (number === null || number === undefined ? "–" : exact.format(number));

// The regency's wall clock, wherever the browser is; the pages get the zone from the service.
export function clockOf(zone) {
  const format = (options) => new Intl.DateTimeFormat("id-ID", { timeZone: zone, hourCycle: "h23", ...options });
  const [time, seconds] = [format({ hour: "2-digit", minute: "2-digit" }), format({ hour: "2-digit", minute: "2-digit", second: "2-digit" })];
  const day = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const short = format({ day: "numeric", month: "short" });
  return {
    time: (at) => time.format(new Date(at)).replaceAll(":", "."),
    seconds: (at) => seconds.format(new Date(at)).replaceAll(":", "."),
    day: (at) => day.format(new Date(at)),
    // Civil dates (YYYY-MM-DD) have no zone: noon keeps them on their day.
    date: (on) => day.format(new Date(`${on}T12:00:00Z`)),
    short: (on) => short.format(new Date(`${on}T12:00:00Z`)),
  };
}
export const ZONE_NAMES = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };
