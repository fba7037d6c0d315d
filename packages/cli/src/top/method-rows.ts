import { type Growth, growthOver } from "./growth.js";
import type { Series } from "./parse-metrics.js";
import { type CumulativeBucket, quantile } from "./quantile.js";
import type { Window } from "./window.js";

/** One method of one process over the last seconds. */
export interface MethodRow {
  readonly process: string;
  readonly service: string;
  readonly method: string;
  /** Calls that ended, per second. */
  readonly rate: number;
  /** The share of them that did not end well, 0 to 1; undefined without calls. */
  readonly errors: number | undefined;
  /** Seconds; undefined without calls. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly inFlight: number;
  /** Calls that may be in flight now; undefined where the process does not say. */
  readonly limit: number | undefined;
  readonly queued: number | undefined;
  /** Calls that were refused for load, per second. */
  readonly shed: number;
}

/** The methods of a process that were ever called, the busiest first. */
export function methodRows(window: Window): MethodRow[] {
  const growth = growthOver(window);
  return [...byMethod(window.newest?.series ?? []).values()]
    .filter((series) => everCalled(series))
    .map((series) => methodRow(window.name, series, growth))
    .toSorted((a, b) => b.rate - a.rate || compare(a, b));
}

function compare(a: MethodRow, b: MethodRow): number {
  return `${a.service}/${a.method}`.localeCompare(`${b.service}/${b.method}`);
}

function byMethod(all: readonly Series[]): Map<string, Series[]> {
  const ofServer = all.filter(({ name, labels }) => name.startsWith("rpc_server_") && labels.method);
  return Map.groupBy(ofServer, ({ labels }) => `${labels.service}/${labels.method}`);
}

function everCalled(series: readonly Series[]): boolean {
  return series.some(
    ({ name, value }) =>
      value > 0 && (name === "rpc_server_requests_total" || name === "rpc_server_in_flight"),
  );
}

function methodRow(process: string, series: readonly Series[], growth: Growth): MethodRow {
  const named = (name: string) => series.filter((it) => it.name === `rpc_server_${name}`);
  const grew = (some: readonly Series[]) => some.reduce((sum, it) => sum + growth.of(it), 0);
  const perSecond = (count: number) => (growth.seconds > 0 ? count / growth.seconds : 0);
  const ended = growth.seconds > 0 ? grew(named("requests_total")) : 0;
  const failed = grew(named("requests_total").filter(({ labels }) => labels.code !== "ok"));
  const buckets = growth.seconds > 0 ? bucketsOf(named("duration_seconds_bucket"), growth) : [];
  return {
    process,
    service: series[0]?.labels.service ?? "",
    method: series[0]?.labels.method ?? "",
    rate: perSecond(ended),
    errors: ended > 0 ? failed / ended : undefined,
    p50: quantile(0.5, buckets),
    p99: quantile(0.99, buckets),
    inFlight: named("in_flight")[0]?.value ?? 0,
    limit: named("concurrency_limit")[0]?.value,
    queued: named("queued")[0]?.value,
    shed: perSecond(grew(named("shed_total"))),
  };
}

/** The buckets of all codes together. */
function bucketsOf(series: readonly Series[], growth: Growth): CumulativeBucket[] {
  const byBound = Map.groupBy(series, ({ labels }) => Number(labels.le?.replace("Inf", "Infinity")));
  return [...byBound].map(([bound, some]) => ({
    bound,
    count: some.reduce((sum, it) => sum + growth.of(it), 0),
  }));
}
