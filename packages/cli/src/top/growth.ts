import type { Series } from "./parse-metrics.js";
import type { Window } from "./window.js";

/** A series' labels, in one order. */
export function labelKey({ name, labels }: Series): string {
  return JSON.stringify([name, ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** How counters grew over a window. */
export interface Growth {
  /** Seconds that the window spans; 0 until there are two scrapes. */
  readonly seconds: number;
  /** By how much a counter grew. One that went back belongs to a new process and grew from nothing. */
  of(series: Series): number;
}

export function growthOver({ oldest, newest }: Window): Growth {
  const before = new Map(oldest?.series.map((series) => [labelKey(series), series.value]));
  const seconds = oldest && newest ? (newest.atMs - oldest.atMs) / 1_000 : 0;
  return {
    seconds,
    of(series) {
      const past = before.get(labelKey(series)) ?? 0;
      return series.value >= past ? series.value - past : series.value;
    },
  };
}
