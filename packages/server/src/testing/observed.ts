import type { ServerOptions } from "../index.js";
import type { RawExchangeAnswer } from "./raw-exchange.js";
import type { StartedShelf } from "./start-shelf.js";

/** What may serve a call over HTTP/2: the other engine, the general lane of ours, and the fast one. */
export const engines: readonly Partial<ServerOptions>[] = [
  { wire: "node" },
  { wire: "charter", fastLane: false },
  { wire: "charter" },
];

/** What requests led to, without what differs from call to call. */
export interface Observed {
  readonly answers: readonly RawExchangeAnswer[];
  readonly lines: readonly unknown[];
  readonly metrics: readonly string[];
}

/** What a server has answered, logged and counted. */
export async function observed(
  shelf: StartedShelf,
  answers: readonly RawExchangeAnswer[],
): Promise<Observed> {
  const metrics = await (await fetch(`${shelf.url}/metrics`)).text();
  return {
    answers: answers.map(comparable),
    lines: shelf.lines.filter(isOfCall).map(comparable),
    metrics: metrics.split("\n").filter((it) => it.startsWith("rpc_server") && it.includes("ShelfService")),
  };
}

/** Whether a line tells of a call. */
export const isOfCall = (line: Record<string, unknown>) => line.procedure !== undefined;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** The details of an error, as all protocols carry them. */
const BASE64 = /[A-Za-z0-9+/_-]{40,}/g;
const VOLATILE = new Set(["date", "time", "pid", "hostname", "stack"]);

/** Without times, and without ids that the server made up. */
export function comparable<T>(value: T): T {
  const stable = (name: string, it: unknown) => {
    if (VOLATILE.has(name)) return undefined;
    return typeof it === "string" ? it.replace(BASE64, decoded).replace(UUID, "<uuid>") : it;
  };
  return JSON.parse(JSON.stringify(value, stable)) as T;
}

const decoded = (base64: string) => Buffer.from(base64, "base64").toString("latin1");
