/** Names and values that tell series of one metric apart. They come from contracts and configuration, never from requests. */
export type Labels = Readonly<Record<string, string>>;

interface Described {
  /** Prometheus name with its unit last, e.g. "rpc_server_in_flight". Counters end in "_total". */
  readonly name: string;
  /** One line of help. Samples of one name share the first one's. */
  readonly help: string;
  /** Default: none. */
  readonly labels?: Labels;
}

/** One number as it is now. */
export interface NumberSample extends Described {
  /** A counter only grows while the process lives; a gauge goes up and down. */
  readonly kind: "counter" | "gauge";
  readonly value: number;
}

/** A distribution as it is now. */
export interface HistogramSample extends Described {
  readonly kind: "histogram";
  /** Upper bounds of the buckets, ascending, each inclusive. */
  readonly bounds: readonly number[];
  /** Observations per bucket, one more than there are bounds: the last counts what lies above all of them. */
  readonly counts: ArrayLike<number>;
  /** Sum of all observed values. */
  readonly sum: number;
}

/** One series at the moment of a scrape. */
export type Sample = NumberSample | HistogramSample;
