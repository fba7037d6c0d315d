import { styleText } from "node:util";
import type { DestinationStream } from "pino";

type Style = Parameters<typeof styleText>[0];
const STYLES: Readonly<Record<string, Style>> = {
  warn: "yellow",
  error: "red",
  fatal: "red",
  debug: "dim",
  trace: "dim",
};

/** Turns JSON lines into lines for people: `12:34:56.789 WARN  buy: message key=value`, with an error's stack below. */
export function prettyDestination(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(prettyLine(line)) };
}

function prettyLine(line: string): string {
  const { time, level, service, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const head = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${service}: ${msg ?? ""}`;
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${asText(value)}`);
  return `${styleText(STYLES[String(level)] ?? "reset", head)}${rest.join("")}${prettyError(err)}\n`;
}

function prettyError(err: unknown): string {
  if (typeof err !== "object" || err === null) return "";
  const { stack, type, message, cause } = err as Record<string, unknown>;
  const text = String(stack ?? `${type}: ${message}`).replaceAll("\n", "\n    ");
  return `\n    ${text}${cause === undefined ? "" : `\n    caused by:${prettyError(cause)}`}`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
