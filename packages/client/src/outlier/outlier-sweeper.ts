import type { Clock, Timer } from "@charter/time";
import type { OutlierPolicy } from "./outlier-policy.js";
import type { OutlierRecord } from "./outlier-record.js";
import { sweep } from "./sweep.js";

/** What is swept: an endpoint's name and its record. */
export interface Swept {
  readonly key: string;
  readonly outlier: OutlierRecord;
}

export interface OutlierSweeperOptions {
  readonly clock: Clock;
  readonly policy: OutlierPolicy;
  readonly endpoints: () => readonly Swept[];
  /** Told of each endpoint that was ejected or let back in. */
  readonly onChange: (endpoint: Swept) => void;
}

/** Looks at the endpoints of a callee again and again, and leaves out those that fail more than their siblings. */
export class OutlierSweeper {
  readonly #options: OutlierSweeperOptions;
  #timer: Timer | undefined;

  constructor(options: OutlierSweeperOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, policy } = this.#options;
    this.#timer = clock.setTimer(() => {
      this.#sweep();
      this.start();
    }, policy.intervalMs);
  }

  stop(): void {
    this.#timer?.clear();
  }

  #sweep(): void {
    const { clock, policy, endpoints, onChange } = this.#options;
    const swept = endpoints();
    const suspects = swept.map(({ key, outlier }) => outlier.read(key));
    const sentences = sweep(suspects, clock.monotonicMs(), policy);
    for (const [i, sentence] of sentences.entries()) {
      const endpoint = swept[i] as Swept;
      const was = endpoint.outlier.ejected;
      endpoint.outlier.apply(sentence);
      if (endpoint.outlier.ejected !== was) onChange(endpoint);
    }
  }
}
