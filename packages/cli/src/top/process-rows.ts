import { growthOver } from "./growth.js";
import type { Window } from "./window.js";

/** One process as it is now. */
export interface ProcessRow {
  readonly process: string;
  /** Why it says nothing; undefined when it does. */
  readonly problem: string | undefined;
  /** Processors in use, 1 for one of them; undefined until two scrapes were made. */
  readonly cpu: number | undefined;
  readonly residentBytes: number | undefined;
  /** 99th percentile of the event loop's delay in seconds. */
  readonly loopDelay: number | undefined;
}

export function processRow(window: Window): ProcessRow {
  const { newest, name } = window;
  const growth = growthOver(window);
  const find = (metric: string) => newest?.series.find((it) => it.name === metric);
  const cpu = find("process_cpu_seconds_total");
  return {
    process: name,
    problem: newest ? newest.problem : "not asked yet",
    cpu: cpu && growth.seconds > 0 ? growth.of(cpu) / growth.seconds : undefined,
    residentBytes: find("process_resident_memory_bytes")?.value,
    loopDelay: find("nodejs_eventloop_delay_p99_seconds")?.value,
  };
}
