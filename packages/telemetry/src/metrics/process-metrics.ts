import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Clock, systemClock } from "@charter/time";
import type { MetricRegistry } from "./registry.js";
import type { Sample } from "./sample.js";

/** A window of event-loop delays lasts at least so long, so that several scrapers do not cut it to pieces. */
const MIN_WINDOW_MS = 1_000;
const RESOLUTION_MS = 10;

/** Adds what the process itself uses: memory, processor time, open resources, event-loop delay. Gives back what ends it. */
export function collectProcessMetrics(registry: MetricRegistry, clock: Clock = systemClock): () => void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const loop = new LoopDelay(delays, clock);
  const forget = registry.collector(() => [...loop.samples(), ...usageSamples()]);
  return () => {
    forget();
    delays.disable();
  };
}

/** Event-loop delay between two scrapes, so that a bad minute shows when it happens and is gone when it is over. */
class LoopDelay {
  readonly #delays: ReturnType<typeof monitorEventLoopDelay>;
  readonly #clock: Clock;
  #since: number;
  #last = { p50: 0, p99: 0, max: 0 };

  constructor(delays: ReturnType<typeof monitorEventLoopDelay>, clock: Clock) {
    this.#delays = delays;
    this.#clock = clock;
    this.#since = clock.monotonicMs();
  }

  samples(): Sample[] {
    const now = this.#clock.monotonicMs();
    if (now - this.#since >= MIN_WINDOW_MS && this.#delays.count > 0) {
      this.#last = {
        p50: overdueSeconds(this.#delays.percentile(50)),
        p99: overdueSeconds(this.#delays.percentile(99)),
        max: overdueSeconds(this.#delays.max),
      };
      this.#delays.reset();
      this.#since = now;
    }
    const { p50, p99, max } = this.#last;
    const help = (what: string) => `${what} of the event loop's delay since the scrape before.`;
    return [
      gauge("nodejs_eventloop_delay_p50_seconds", help("Median"), p50),
      gauge("nodejs_eventloop_delay_p99_seconds", help("99th percentile"), p99),
      gauge("nodejs_eventloop_delay_max_seconds", help("Maximum"), max),
    ];
  }
}

/** The monitor measures the whole interval of its timer; what is over the interval is the delay. */
function overdueSeconds(intervalNs: number): number {
  return Math.max(0, intervalNs / 1e9 - RESOLUTION_MS / 1e3);
}

function usageSamples(): Sample[] {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const started = performance.timeOrigin / 1_000;
  return [
    gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.", rss),
    gauge("nodejs_heap_used_bytes", "JavaScript heap in use.", heapUsed),
    gauge("nodejs_heap_size_bytes", "JavaScript heap taken from the system.", heapTotal),
    gauge("nodejs_external_memory_bytes", "Memory of buffers outside of the heap.", external),
    gauge("nodejs_active_resources", "Sockets, timers and the like that are open.", activeResources()),
    gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", started),
    {
      name: "process_cpu_seconds_total",
      help: "Processor time used, in seconds.",
      kind: "counter",
      value: (user + system) / 1_000_000,
    },
  ];
}

function activeResources(): number {
  return process.getActiveResourcesInfo().length;
}

function gauge(name: string, help: string, value: number): Sample {
  return { name, help, kind: "gauge", value };
}
