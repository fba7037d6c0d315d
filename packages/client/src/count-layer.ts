import type { Callee } from "./callee/callee.js";
import type { Layer } from "./outgoing-call.js";
import type { ProcessHold } from "./process-hold.js";

/** Counts calls and those that fail in the end, and keeps the process alive for those under way. */
export function countLayer({ counters }: Callee, process: ProcessHold): Layer {
  return (next) => async (call) => {
    counters.calls += 1;
    process.hold();
    try {
      return await next(call);
    } catch (error) {
      counters.failures += 1;
      throw error;
    } finally {
      process.release();
    }
  };
}
