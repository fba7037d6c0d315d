import type { HistogramSample, Labels, NumberSample, Sample } from "./sample.js";

/** What a scraper is told that it gets: Prometheus' text format. */
export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Samples in Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/), those of one name together
 * in the order in which names first appear.
 *
 * @throws TypeError when a name is none of that format, or one name is used for two kinds
 */
export function prometheusText(samples: Iterable<Sample>): string {
  const families = new Map<string, Sample[]>();
  for (const sample of samples) {
    const family = families.get(sample.name);
    if (family) family.push(sample);
    else families.set(sample.name, [sample]);
  }
  return [...families].map(([name, family]) => familyText(name, family)).join("");
}

function familyText(name: string, family: readonly Sample[]): string {
  const [first] = family;
  if (!first) return "";
  if (!NAME.test(name)) throw new TypeError(`"${name}" is no name of a metric`);
  if (family.some(({ kind }) => kind !== first.kind)) throw new TypeError(`${name} is of two kinds`);
  const head = `# HELP ${name} ${escapeHelp(first.help)}\n# TYPE ${name} ${first.kind}\n`;
  return head + family.map((it) => (it.kind === "histogram" ? histogramText(it) : numberText(it))).join("");
}

function numberText({ name, labels, value }: NumberSample): string {
  return line(name, labelsText(labels), value);
}

function histogramText({ name, labels, bounds, counts, sum }: HistogramSample): string {
  const rest = labelsText(labels);
  const head = `${name}_bucket{${rest && `${rest},`}`;
  let total = 0;
  let text = "";
  for (const [index, le] of bucketLabels(bounds).entries()) {
    total += counts[index] ?? 0;
    text += `${head}${le}} ${total}\n`;
  }
  return text + line(`${name}_sum`, rest, sum) + line(`${name}_count`, rest, total);
}

/** Most lines of a page are buckets, and most histograms share their bounds. */
const knownBuckets = new WeakMap<readonly number[], readonly string[]>();

function bucketLabels(bounds: readonly number[]): readonly string[] {
  const known = knownBuckets.get(bounds);
  if (known) return known;
  const labels = [...bounds, Number.POSITIVE_INFINITY].map((bound) => `le="${numeral(bound)}"`);
  knownBuckets.set(bounds, labels);
  return labels;
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels && `{${labels}}`} ${numeral(value)}\n`;
}

function labelsText(labels: Labels = {}): string {
  return Object.entries(labels)
    .map(([label, value]) => {
      if (!LABEL.test(label)) throw new TypeError(`"${label}" is no name of a label`);
      return `${label}="${escapeLabel(value)}"`;
    })
    .join(",");
}

function numeral(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
