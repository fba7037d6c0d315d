import { type Clock, systemClock } from "@charter/time";
import { importKeys, isPublicJwk, type KeySet, type VerificationKey } from "./key-set.js";
import { RefreshingKeySet } from "./refreshing-key-set.js";

const MIN_INTERVAL_MS = 30_000;
const FAILURE_INTERVAL_MS = 1_000;
const MAX_AGE_MS = 600_000;
const FETCH_TIMEOUT_MS = 2_000;
const MAX_BYTES = 65_536;
const MAX_KEYS = 32;

/**
 * The keys of a JSON Web Key Set (RFC 7517) behind an HTTP address, or behind any of several, the first that answers. Fetched on first use, again for an unknown key (at most
 * every 30 s; every second while the source fails) and when older than 10 minutes; callers share one fetch. A fetch takes at
 * most 2 s an address and 64 KiB and follows no redirect. Keys that are not Ed25519 signature keys are passed over.
 */
export function remoteKeySet(
  source: string | readonly string[],
  { clock = systemClock }: { clock?: Clock } = {},
): KeySet {
  const urls = [source].flat();
  return new RefreshingKeySet(() => fetchFromFirst(urls, clock), {
    source: urls.join(", "),
    clock,
    minIntervalMs: MIN_INTERVAL_MS,
    failureIntervalMs: FAILURE_INTERVAL_MS,
    maxAgeMs: MAX_AGE_MS,
  });
}

async function fetchFromFirst(urls: readonly string[], clock: Clock): Promise<Map<string, VerificationKey>> {
  const failures: unknown[] = [];
  for (const url of urls) {
    try {
      return await fetchKeys(url, clock);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures.length === 1 ? failures[0] : new AggregateError(failures, "no address gave the keys");
}

async function fetchKeys(url: string, clock: Clock): Promise<Map<string, VerificationKey>> {
  const body: unknown = JSON.parse(await fetchText(url, clock));
  const keys = typeof body === "object" && body !== null && "keys" in body ? body.keys : undefined;
  if (!Array.isArray(keys)) throw new TypeError("the answer is no JSON Web Key Set");
  if (keys.length > MAX_KEYS) throw new RangeError(`the key set has more than ${MAX_KEYS} keys`);
  return importKeys(keys.filter(isPublicJwk).map((publicJwk) => ({ publicJwk })));
}

async function fetchText(url: string, clock: Clock): Promise<string> {
  const controller = new AbortController();
  const timer = clock.setTimer(
    () => controller.abort(new Error(`no complete answer within ${FETCH_TIMEOUT_MS} ms`)),
    FETCH_TIMEOUT_MS,
  );
  try {
    const response = await fetch(url, { redirect: "error", signal: controller.signal });
    if (!response.ok || !response.body) throw new Error(`the answer has status ${response.status}`);
    return await readCapped(response.body);
  } finally {
    timer.clear();
    // Ends the body where it was not read to its end.
    controller.abort();
  }
}

async function readCapped(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new RangeError(`the answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
