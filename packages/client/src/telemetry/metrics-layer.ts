import type { MethodPolicy } from "@charter/policy";
import { type MethodMetrics, noTraffic } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Gate, Layer } from "../outgoing-call.js";
import { codeOf, whenEnded } from "./when-ended.js";

const nothing = noTraffic();

/** Counts calls as the application made them, by the code that they ended with after all attempts and fallbacks. */
export function metricsLayer({ kind }: MethodPolicy, metrics: MethodMetrics, clock: Clock): Layer {
  const begin = () => {
    const startedMs = clock.monotonicMs();
    metrics.begin();
    return (code: number) => metrics.end(code, clock.monotonicMs() - startedMs, nothing);
  };
  return kind === "unary" ? unaryGate(begin) : (next) => (call) => whenEnded(next(call), begin());
}

function unaryGate(begin: () => (code: number) => void): Gate {
  return {
    enter() {
      const end = begin();
      return (error) => end(codeOf(error));
    },
  };
}
