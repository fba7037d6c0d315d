/** Constants of gRPC's connection backoff (https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md). */
const INITIAL_MS = 1_000;
const MULTIPLIER = 1.6;
const MAX_MS = 120_000;
const JITTER = 0.2;

/** The wait before the next attempt to connect, after `failures` (at least 1) in a row. */
export function connectionBackoffMs(failures: number, random: () => number): number {
  const waitMs = Math.min(MAX_MS, INITIAL_MS * MULTIPLIER ** (failures - 1));
  return waitMs * (1 - JITTER + 2 * JITTER * random());
}
