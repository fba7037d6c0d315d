import type { Deadline } from "@charter/time";

/** Of what remains, so that a callee that hangs leaves time to ask the next one and to answer without it. */
const SHARE = 1 / 3;

/** How long one callee may take of what remains of the call, in whole milliseconds; its own contract may allow it less. */
export function shareOf(deadline: Deadline): number {
  return Math.max(1, Math.floor(deadline.remainingMs() * SHARE));
}
