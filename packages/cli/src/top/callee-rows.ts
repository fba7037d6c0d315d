import { growthOver } from "./growth.js";
import type { Series } from "./parse-metrics.js";
import type { Window } from "./window.js";

/** One endpoint of a callee, as one process sees it. */
export interface CalleeRow {
  readonly process: string;
  readonly callee: string;
  readonly endpoint: string;
  /** "ready", "down", "unhealthy" or "ejected". */
  readonly state: string;
  readonly inFlight: number;
  /** Seconds; 0 before the first answer. */
  readonly latency: number;
  /** The callee's, per second, whatever the endpoint. */
  readonly retries: number;
  readonly hedges: number;
  readonly fallbacks: number;
  /** Methods whose breaker is not closed, e.g. "Quote open". */
  readonly breakers: readonly string[];
}

const breakerStates = ["closed", "half open", "open"];

/** What a process says of the services that it calls. */
export function calleeRows(window: Window): CalleeRow[] {
  const series = (window.newest?.series ?? []).filter(({ name }) => name.startsWith("rpc_client_"));
  const growth = growthOver(window);
  return series
    .filter(({ name }) => name === "rpc_client_endpoint_ready")
    .map(({ labels: { callee = "", endpoint = "" } }) => {
      const here = series.filter(({ labels }) => labels.callee === callee && labels.endpoint === endpoint);
      const perSecond = (name: string) => {
        const found = series.find((it) => it.name === `rpc_client_${name}` && it.labels.callee === callee);
        return found && growth.seconds > 0 ? growth.of(found) / growth.seconds : 0;
      };
      return {
        process: window.name,
        callee,
        endpoint,
        state: stateOf(here),
        inFlight: numberOf(here, "endpoint_in_flight"),
        latency: numberOf(here, "endpoint_latency_seconds"),
        retries: perSecond("retries_total"),
        hedges: perSecond("hedges_total"),
        fallbacks: perSecond("fallbacks_total"),
        breakers: here.flatMap(({ name, labels, value }) =>
          name === "rpc_client_breaker_state" && value > 0
            ? [`${labels.method} ${breakerStates[value] ?? value}`]
            : [],
        ),
      };
    });
}

function stateOf(endpoint: readonly Series[]): string {
  if (numberOf(endpoint, "endpoint_ejected") === 1) return "ejected";
  if (endpoint.some(({ name, value }) => name === "rpc_client_endpoint_healthy" && value === 0))
    return "unhealthy";
  return numberOf(endpoint, "endpoint_ready") === 1 ? "ready" : "down";
}

function numberOf(series: readonly Series[], name: string): number {
  return series.find((it) => it.name === `rpc_client_${name}`)?.value ?? 0;
}
