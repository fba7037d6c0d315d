import { mkdir, writeFile } from "node:fs/promises";
import { drawBars } from "./draw-bars.mjs";

/** Writes RESULTS.md and the pictures into a folder, and answers the text. */
export async function report({ machine, runs, folder }) {
  await mkdir(`${folder}/results`, { recursive: true });
  for (const run of runs.filter(hasFigures)) {
    const bars = run.workload.bars?.(run.results) ?? barsOf(run);
    await writeFile(`${folder}/results/${run.workload.name}.svg`, drawBars(run.workload.title, bars));
  }
  const text = [...head(machine), ...runs.flatMap(section)].join("\n");
  await writeFile(`${folder}/RESULTS.md`, text);
  return text;
}

const hasFigures = ({ results, invalid }) => !invalid && results.measured.length > 0;

function head(machine) {
  return [
    "# Results",
    "",
    "Written by `pnpm bench`; [README.md](README.md) says how it measures. Medians of all rounds; the spread is the largest minus the smallest",
    "round, in per cent of the median; a ratio is the median of the ratios of each round.",
    "",
    "| | |",
    "| --- | --- |",
    ...machine.map(([name, text]) => row([name, text])),
    "",
  ];
}

function section(run) {
  const { workload, results, skipped, invalid, verdicts } = run;
  const lines = [`## ${workload.title}`, "", workload.about, ""];
  if (skipped) return [...lines, `**Skipped, so nothing is shown:** ${skipped}.`, ""];
  if (invalid) return [...lines, `**Invalid, so no figure counts:** ${invalid}.`, ""];
  if (hasFigures(run))
    lines.push(...figures(workload, results), "", `![${workload.title}](results/${workload.name}.svg)`, "");
  for (const { label, reason } of results.skipped) lines.push(`Skipped: ${label} (${reason}).`, "");
  return [...lines, ...targetTable(verdicts), ""];
}

/** One line a contender; of one contender one line a measure. */
function figures({ measures, contenders }, results) {
  if (contenders.length === 1) return measureTable(measures, results, contenders[0].name);
  const titles = measures.flatMap(({ label }) => [label, "spread"]);
  const withPeers = results.measured.length > 1 && results.measured.includes("charter");
  const ratios = withPeers ? measures.map(({ label }) => `Charter ÷ this, ${label}`) : [];
  return table(
    ["", ...titles, ...ratios],
    results.measured.map((name) => [
      results.label(name),
      ...measures.flatMap(({ key, digits }) => [
        number(results.median(name, key), digits),
        `${Math.round(results.spread(name, key) * 100)} %`,
      ]),
      ...(withPeers ? measures.map(({ key }) => results.ratio("charter", name, key).toFixed(2)) : []),
    ]),
  );
}

function measureTable(measures, results, name) {
  const figure = ({ label, key, digits }) => [
    label,
    number(results.median(name, key), digits),
    `${Math.round(results.spread(name, key) * 100)} %`,
  ];
  return table(["", "median", "spread"], measures.map(figure));
}

function targetTable(verdicts) {
  return table(
    ["target", "reached", ""],
    verdicts.map(({ says, reached, verdict }) => [
      says,
      reached,
      verdict === "met" ? verdict : `**${verdict}**`,
    ]),
  );
}

function barsOf({ workload, results }) {
  const [{ key, label, digits }] = workload.measures;
  return results.measured.map((name) => {
    const value = results.median(name, key);
    return {
      label: results.label(name),
      value,
      text: `${number(value, digits)} ${label}`,
      ours: name.startsWith("charter"),
    };
  });
}

function table(titles, rows) {
  const alignments = titles.map((_, index) => (index === 0 ? "---" : "---:"));
  return [titles, alignments, ...rows].map(row);
}

const row = (cells) => `| ${cells.join(" | ")} |`;

const number = (value, digits) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
