/** One number of a scrape. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)(?: -?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED = /\\(.)/g;

/** Reads Prometheus' text format. Lines that are none of it are passed over. */
export function parseMetrics(text: string): Series[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", value = ""] = LINE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: labelsOf(labels), value: numberOf(value) }];
  });
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(LABEL)].map(([, label = "", value = ""]) => [label, unescaped(value)]);
  return Object.fromEntries(pairs);
}

function unescaped(value: string): string {
  return value.replace(ESCAPED, (_, character: string) => (character === "n" ? "\n" : character));
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}
