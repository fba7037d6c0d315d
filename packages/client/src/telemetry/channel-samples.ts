import type { Labels, Sample } from "@charter/telemetry";
import type { BreakerState } from "../breaker/breaker.js";
import type { CalleeSnapshot, ChannelSnapshot, EndpointSnapshot } from "../snapshot.js";

const breakerStates: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

/** What a channel knows of its callees, as series for a MetricRegistry. */
export function channelSamples({ callees, staleAnswers }: ChannelSnapshot): Sample[] {
  return [
    ...callees.flatMap(calleeSamples),
    gauge("stale_answers", "Answers kept for stale fallbacks.", {}, staleAnswers),
  ];
}

function calleeSamples(callee: CalleeSnapshot): Sample[] {
  const labels = { callee: callee.name };
  const { counters, budgets, throttling } = callee;
  return [
    counter("attempts_total", "Attempts that went to an endpoint.", labels, counters.attempts),
    counter("retries_total", "Attempts after a failed one.", labels, counters.retries),
    counter("retries_denied_total", "Retries that the budget refused.", labels, counters.retriesDenied),
    counter("hedges_total", "Attempts beside a slow one.", labels, counters.hedges),
    counter("throttled_total", "Calls that the throttle refused on this side.", labels, counters.throttled),
    counter("breaker_refused_total", "Calls that an open breaker refused.", labels, counters.broken),
    counter("fallbacks_total", "Answers in place of an error.", labels, counters.fallbacks),
    gauge("retry_budget", "Retries that could be paid for now.", labels, budgets.retries),
    gauge("hedge_budget", "Hedges that could be paid for now.", labels, budgets.hedges),
    ...Object.entries(throttling).map(([criticality, share]) =>
      gauge(
        "throttle_ratio",
        "Share of calls that is refused on this side.",
        { ...labels, criticality },
        share,
      ),
    ),
    ...callee.endpoints.flatMap((endpoint) => endpointSamples(callee.name, endpoint)),
  ];
}

function endpointSamples(callee: string, endpoint: EndpointSnapshot): Sample[] {
  const labels = { callee, endpoint: endpoint.address };
  const { health } = endpoint;
  const known = health !== "unknown";
  return [
    gauge("endpoint_ready", "1 when a connection can take a call.", labels, endpoint.connection === "ready"),
    gauge("endpoint_ejected", "1 while left out as an outlier.", labels, endpoint.ejected),
    ...(known
      ? [gauge("endpoint_healthy", "1 when it says that it serves.", labels, health === "healthy")]
      : []),
    gauge("endpoint_in_flight", "Attempts under way.", labels, endpoint.inFlight),
    gauge("endpoint_connections", "Open connections.", labels, endpoint.connections),
    gauge("endpoint_streams", "Open streams on all connections.", labels, endpoint.streams),
    gauge("endpoint_latency_seconds", "Peak-sensitive average.", labels, endpoint.latencyMs / 1_000),
    ...Object.entries(endpoint.breakers).map(([procedure, state]) => breakerSample(labels, procedure, state)),
  ];
}

function breakerSample(labels: Labels, procedure: string, state: BreakerState): Sample {
  const [, service = "", method = ""] = procedure.split("/");
  const help = "State of a method's breaker: 0 closed, 1 half open, 2 open.";
  return gauge("breaker_state", help, { ...labels, service, method }, breakerStates[state]);
}

function gauge(name: string, help: string, labels: Labels, value: number | boolean): Sample {
  return { name: `rpc_client_${name}`, help, kind: "gauge", labels, value: Number(value) };
}

function counter(name: string, help: string, labels: Labels, value: number): Sample {
  return { name: `rpc_client_${name}`, help, kind: "counter", labels, value };
}
