import { type Clock, sleep } from "@charter/time";
import { parseMetrics, type Series } from "./parse-metrics.js";

const TIMEOUT_MS = 2_000;
const MAX_CHARACTERS = 16_000_000;

/** What a process said of itself at one moment. */
export interface Scrape {
  /** On a monotonic clock. */
  readonly atMs: number;
  readonly series: readonly Series[];
  /** Why it said nothing; undefined when it did. */
  readonly problem: string | undefined;
}

/** Asks a process for its metrics. Never rejects. */
export async function scrape(url: string, clock: Clock): Promise<Scrape> {
  const over = new AbortController();
  const tooSlow = sleep(clock, TIMEOUT_MS, over.signal).then(
    () => "no answer",
    () => undefined,
  );
  const asked = ask(url, over.signal).catch((error: unknown) => reasonOf(error));
  const answer = (await Promise.race([asked, tooSlow])) ?? "no answer";
  over.abort();
  const atMs = clock.monotonicMs();
  return typeof answer === "string"
    ? { atMs, series: [], problem: answer }
    : { atMs, series: answer, problem: undefined };
}

async function ask(url: string, signal: AbortSignal): Promise<readonly Series[] | string> {
  const answer = await fetch(new URL("/metrics", url), { signal });
  if (!answer.ok) {
    await answer.body?.cancel();
    // In production metrics are on another port than the service.
    return answer.status === 404 ? "no /metrics here; is there an admin port?" : `status ${answer.status}`;
  }
  const text = await answer.text();
  return text.length > MAX_CHARACTERS ? "its metrics are too long" : parseMetrics(text);
}

function reasonOf(error: unknown): string {
  const { cause } = Object(error) as { cause?: unknown };
  const { code } = Object(cause) as { code?: unknown };
  if (code === "ECONNREFUSED") return "nothing listens there";
  return typeof code === "string" ? code : String(error);
}
