import { prometheusText } from "./prometheus-text.js";
import type { Sample } from "./sample.js";

/** Gives the series that something has at this moment. Called once per scrape; should not wait for anything. */
export type Collect = () => Iterable<Sample>;

/** Series that one scrape may have; further ones are left out and counted. */
const MAX_SERIES = 20_000;

/**
 * What a process counts. Whoever counts keeps the numbers itself, in whatever form costs the least, and is asked for them when they
 * are scraped, so that between two scrapes metrics cost no more than the counting.
 */
export class MetricRegistry {
  readonly #collectors = new Set<Collect>();
  #failures = 0;
  #leftOut = 0;

  /** Adds series, until the function that this returns is called. */
  collector(collect: Collect): () => void {
    this.#collectors.add(collect);
    return () => void this.#collectors.delete(collect);
  }

  /** All series now. A collector that throws loses its own and is counted. At most 20,000 series; what is left out is counted. */
  samples(): readonly Sample[] {
    const samples: Sample[] = [];
    for (const collect of this.#collectors) this.#collect(collect, samples);
    samples.push(...this.#ownSamples());
    return samples;
  }

  /** All series now, in Prometheus' text format. */
  render(): string {
    return prometheusText(this.samples());
  }

  #collect(collect: Collect, into: Sample[]): void {
    try {
      for (const sample of collect()) {
        if (into.length < MAX_SERIES) into.push(sample);
        else this.#leftOut += 1;
      }
    } catch {
      // A scrape has nobody to tell; the counter does.
      this.#failures += 1;
    }
  }

  #ownSamples(): Sample[] {
    const counter = (name: string, help: string, value: number): Sample => ({
      name,
      help,
      kind: "counter",
      value,
    });
    return [
      counter("metrics_collector_failures_total", "Collectors that threw at a scrape.", this.#failures),
      counter("metrics_series_left_out_total", "Series left out of scrapes over the bound.", this.#leftOut),
    ];
  }
}
