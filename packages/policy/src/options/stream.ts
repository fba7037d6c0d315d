import type { Compilation } from "../compilation.js";
import type { StreamPolicy } from "../method-policy.js";

const DEFAULT_IDLE_MS = 30_000;
const DEFAULT_AGE_S = 3_600;
/** A week; whoever follows something for longer opens the stream anew. */
const LONGEST_AGE_S = 604_800;
const LONGEST_IDLE_MS = LONGEST_AGE_S * 1_000;

export function compileStream(work: Compilation): StreamPolicy {
  const maxIdleMs = work.pick("stream.maxIdleMs", (it) => it.stream?.maxIdleMs, DEFAULT_IDLE_MS);
  const maxAgeS = work.pick("stream.maxAgeMs", (it) => it.stream?.maxAgeS, DEFAULT_AGE_S);
  const maxMessages = work.pick<number | undefined>(
    "stream.maxMessages",
    (it) => it.stream?.maxMessages,
    undefined,
  );
  work.require(
    maxIdleMs >= 1 && maxIdleMs <= LONGEST_IDLE_MS,
    "stream.max_idle_ms",
    `must be from 1 to ${LONGEST_IDLE_MS}`,
  );
  work.require(
    maxAgeS >= 1 && maxAgeS <= LONGEST_AGE_S,
    "stream.max_age_s",
    `must be from 1 to ${LONGEST_AGE_S}`,
  );
  work.require(maxMessages !== 0, "stream.max_messages", "must be at least 1");
  return { maxIdleMs, maxAgeMs: maxAgeS * 1_000, maxMessages };
}
