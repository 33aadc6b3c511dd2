// A score line by line: the rule, the policy with its source, points, facts in words, and the evidence.
import { el, points } from "/bagian/base.js";
import { evidence, openPolicy } from "/kantor/facts.js";
import { RULES } from "/kantor/words.js";

function bar(line) {
  const { most } = line.facts;
  if (!most || typeof line.points !== "number") return null;
  const filled = el("span");
  filled.style.inlineSize = `${Math.max(0, Math.min(100, (line.points / most) * 100))}%`;
  return el("span", { className: "bar", ariaHidden: "true" }, filled);
}

function given(line) {
  if (line.points === undefined) return null;
  if (line.points === null) return el("span", { className: "given quiet" }, "tidak dinilai");
  return el(
    "span",
    { className: "given" },
    el("strong", {}, points(line.points)),
    line.facts.most ? ` dari ${points(line.facts.most)}` : "",
  );
}

function source({ policy, facts }) {
  const label = el("button", { type: "button", className: "plain", on: { click: () => openPolicy(policy) } }, policy);
  return el(
    "p",
    { className: "quiet small" },
    "Dasar: ",
    facts.source ?? "–",
    facts.source && !facts.verified ? " (belum diperiksa pejabat)" : "",
    " · kebijakan ",
    label,
    facts.base ? ` · ${facts.base}` : "",
  );
}

export function scoreLines(lines) {
  return el(
    "ol",
    { className: "lines" },
    lines.map((line) =>
      el(
        "li",
        {},
        el("div", { className: "line-head" }, el("h3", {}, RULES[line.rule] ?? line.rule), bar(line), given(line)),
        el("p", {}, line.text ?? line.facts.text),
        source(line),
        line.evidence.length
          ? el("p", { className: "chips" }, el("span", { className: "quiet" }, "Bukti: "), evidence(line.evidence))
          : null,
      ),
    ),
  );
}
