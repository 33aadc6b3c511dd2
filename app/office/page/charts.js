// Lines over time as SVG, without a library: an axis, some polylines and a table that says the same.
import { count, el } from "/bagian/base.js";

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 640;
const HEIGHT = 160;
const EDGE = { left: 38, right: 12, top: 10, bottom: 24 };

function svg(name, attributes, ...children) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Round steps that hold all values; a chart of percentages never ends above 100.
function scaleOf(values, most) {
  const low = Math.min(...values);
  const step = [1, 2, 5, 10, 20, 25].find((size) => (most - low) / size <= 5) ?? 25;
  const from = Math.max(0, Math.floor(low / step) * step - (low % step === 0 && low > 0 ? step : 0));
  const ticks = [];
  for (let tick = from; tick <= most; tick += step) ticks.push(tick);
  return { from, ticks, y: (value) => EDGE.top + ((most - value) / (most - from || 1)) * (HEIGHT - EDGE.top - EDGE.bottom) };
}

// Parts of a line between gaps: what is not known is not drawn.
function runs(values, x, y) {
  const found = [[]];
  values.forEach((value, place) => {
    if (value === null) found.push([]);
    else found.at(-1).push(`${x(place).toFixed(1)},${y(value).toFixed(1)}`);
  });
  return found.filter((run) => run.length);
}

function drawSeries(one, number, x, scale) {
  const lines = runs(one.values, x, scale.y).map((run) => svg("polyline", { points: run.join(" "), class: `line s${number}` }));
  const dots = one.values.flatMap((value, place) => (value === null ? [] : [dot(number, x(place), scale.y(value))]));
  return svg("g", {}, ...lines, ...dots);
}

// A round and a square mark, so that two lines are told apart without colour.
function dot(number, x, y) {
  if (number) return svg("rect", { x: x - 2.5, y: y - 2.5, width: 5, height: 5, class: `dot s${number}` });
  return svg("circle", { cx: x, cy: y, r: 3.2, class: "dot s0" });
}

let made = 0;
// series: [{name, values: [number | null], say: (value) => text}], the first drawn through, the second dashed.
export function lineChart({ title, summary, labels, series, most = 100 }) {
  const known = series.flatMap((one) => one.values).filter((value) => value !== null);
  if (known.length < 1) return el("p", { className: "state quiet" }, "Belum ada angka untuk digambar.");
  const id = `chart${(made += 1)}`;
  const scale = scaleOf(known, Math.max(most, ...known));
  const inner = WIDTH - EDGE.left - EDGE.right;
  const x = (place) => EDGE.left + (labels.length === 1 ? inner / 2 : (place / (labels.length - 1)) * inner);
  const every = Math.ceil(labels.length / 8);
  const grid = scale.ticks.flatMap((tick) => [
    svg("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: scale.y(tick), y2: scale.y(tick), class: "grid" }),
    svg("text", { x: EDGE.left - 6, y: scale.y(tick) + 4, class: "tick end" }, count(tick)),
  ]);
  const days = labels.map((label, place) =>
    (labels.length - 1 - place) % every
      ? ""
      : svg(
          "text",
          { x: x(place), y: HEIGHT - 6, class: place === labels.length - 1 && labels.length > 1 ? "tick end" : "tick middle" },
          label,
        ),
  );
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-labelledby": `${id}t ${id}d`, class: "chart" },
    svg("title", { id: `${id}t` }, title),
    svg("desc", { id: `${id}d` }, summary),
    ...grid,
    ...days.filter(Boolean),
    ...series.toReversed().map((one, place) => drawSeries(one, series.length - 1 - place, x, scale)),
  );
  const legend = el(
    "p",
    { className: "legend" },
    series.map((one, number) => el("span", { className: `key s${number}` }, one.name)),
  );
  return el(
    "figure",
    { className: "figure" },
    el("figcaption", {}, el("span", { className: "summary" }, summary), legend),
    drawing,
    numbers(title, labels, series),
  );
}

function numbers(title, labels, series) {
  const head = el(
    "tr",
    {},
    el("th", { scope: "col" }, "Apel"),
    series.map((one) => el("th", { scope: "col", className: "number" }, one.name)),
  );
  const rows = labels.map((label, place) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, label),
      series.map((one) => el("td", { className: "number" }, one.values[place] === null ? "–" : one.say(one.values[place], place))),
    ),
  );
  return el(
    "details",
    {},
    el("summary", {}, "Angka dalam tabel"),
    el(
      "div",
      { className: "wide", tabIndex: 0, role: "region", aria: { label: title } },
      el("table", {}, el("caption", { className: "unseen" }, title), el("thead", {}, head), el("tbody", {}, rows)),
    ),
  );
}
