import { readdir } from "node:fs/promises";
import { type Clock, systemClock } from "@charter/time";
import { PUBLIC_KEY_SUFFIX, readPublicKeyFile } from "./key-files.js";
import { importKeys, type KeySet, type VerificationKey } from "./key-set.js";
import { RefreshingKeySet } from "./refreshing-key-set.js";

/** A new service is known this soon after it made its key, and forged key names cost one directory listing per interval. */
const MIN_INTERVAL_MS = 50;
const MAX_AGE_MS = 60_000;
const MAX_SERVICES = 256;

/**
 * The public keys of all services that keep their identity in `directory`. Read on first use, again for an unknown key (at most
 * every 50 ms) and when older than a minute. A directory that does not exist yet holds no keys.
 */
export function directoryKeySet(directory: string, { clock = systemClock }: { clock?: Clock } = {}): KeySet {
  return new RefreshingKeySet(() => readDirectory(directory), {
    source: directory,
    clock,
    minIntervalMs: MIN_INTERVAL_MS,
    failureIntervalMs: MIN_INTERVAL_MS,
    maxAgeMs: MAX_AGE_MS,
  });
}

async function readDirectory(directory: string): Promise<Map<string, VerificationKey>> {
  const files = (await namesIn(directory)).filter((name) => name.endsWith(PUBLIC_KEY_SUFFIX));
  if (files.length > MAX_SERVICES) throw new RangeError(`more than ${MAX_SERVICES} services in ${directory}`);
  return importKeys(await Promise.all(files.map((file) => readPublicKeyFile(directory, file))));
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
