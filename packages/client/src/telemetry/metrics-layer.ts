import { type MethodMetrics, noTraffic } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import type { Layer } from "../outgoing-call.js";
import { whenEnded } from "./when-ended.js";

const nothing = noTraffic();

/** Counts calls as the application made them, by the code that they ended with after all attempts and fallbacks. */
export function metricsLayer(metrics: MethodMetrics, clock: Clock): Layer {
  return (next) => (call) => {
    const startedMs = clock.monotonicMs();
    metrics.begin();
    return whenEnded(next(call), (code) => metrics.end(code, clock.monotonicMs() - startedMs, nothing));
  };
}
