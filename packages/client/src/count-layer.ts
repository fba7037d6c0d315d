import type { Callee } from "./callee/callee.js";
import type { Gate } from "./outgoing-call.js";
import type { ProcessHold } from "./process-hold.js";

/** Counts calls and those that fail in the end, and keeps the process alive for those under way. */
export function countLayer({ counters }: Callee, process: ProcessHold): Gate {
  const leave = (error: unknown) => {
    if (error !== undefined) counters.failures += 1;
    process.release();
  };
  return {
    enter() {
      counters.calls += 1;
      process.hold();
      return leave;
    },
  };
}
