import { codeNames, knownCode } from "./code-names.js";
import { DURATION_BUCKETS, durationBoundsSeconds, durationBucket } from "./duration-buckets.js";
import type { HistogramSample, NumberSample, Sample } from "./sample.js";
import type { Traffic } from "./traffic.js";

const CODES = codeNames.length;

/** A method by its names in the contract, e.g. {service: "shop.buy.v1.OrderService", method: "PlaceOrder"}. */
export interface MethodName {
  readonly service: string;
  readonly method: string;
}

/** The counts of one method on one side. All of its memory is taken when it is made. */
export class MethodMetrics {
  readonly #name: MethodName;
  readonly #prefix: string;
  readonly #countsTraffic: boolean;
  readonly #ended = new Float64Array(CODES);
  readonly #buckets = new Float64Array(CODES * DURATION_BUCKETS);
  readonly #secondsSum = new Float64Array(CODES);
  /** Messages received and sent, then bytes received and sent. */
  readonly #traffic = new Float64Array(4);
  #inFlight = 0;

  /** @param side which half of a call this counts: the prefix of the names is `rpc_<side>`. Only the server's half shows what calls carried. */
  constructor(side: "server" | "client", name: MethodName) {
    this.#name = name;
    this.#prefix = `rpc_${side}`;
    this.#countsTraffic = side === "server";
  }

  /** A call begins. */
  begin(): void {
    this.#inFlight += 1;
  }

  /** A call that began has ended. `code` is gRPC's number, 0 for success. */
  end(code: number, durationMs: number, traffic: Traffic): void {
    const row = knownCode(code);
    this.#inFlight -= 1;
    add(this.#ended, row, 1);
    add(this.#buckets, row * DURATION_BUCKETS + durationBucket(durationMs), 1);
    add(this.#secondsSum, row, durationMs / 1_000);
    add(this.#traffic, 0, traffic.messagesReceived);
    add(this.#traffic, 1, traffic.messagesSent);
    add(this.#traffic, 2, traffic.bytesReceived);
    add(this.#traffic, 3, traffic.bytesSent);
  }

  /** The method's series: its codes as far as they have occurred, and "ok", so that a rate begins at zero. */
  *samples(): Iterable<Sample> {
    for (let code = 0; code < CODES; code += 1) {
      if (code !== 0 && this.#ended[code] === 0) continue;
      yield this.#requests(code);
      yield this.#durations(code);
    }
    yield this.#number("gauge", "in_flight", "Calls that have begun and not ended.", this.#inFlight);
    if (this.#countsTraffic) yield* this.#trafficSamples();
  }

  *#trafficSamples(): Iterable<Sample> {
    yield this.#directed("messages_total", "Messages of calls that have ended.", "received", 0);
    yield this.#directed("messages_total", "Messages of calls that have ended.", "sent", 1);
    const bytes = "Bytes of those messages, uncompressed and without framing.";
    yield this.#directed("message_bytes_total", bytes, "received", 2);
    yield this.#directed("message_bytes_total", bytes, "sent", 3);
  }

  #requests(code: number): NumberSample {
    const name = codeNames[code] ?? "unknown";
    return this.#number(
      "counter",
      "requests_total",
      "Calls that have ended, by code.",
      this.#ended[code] ?? 0,
      {
        code: name,
      },
    );
  }

  #durations(code: number): HistogramSample {
    const start = code * DURATION_BUCKETS;
    return {
      name: `${this.#prefix}_duration_seconds`,
      help: "How long calls took, streams from their opening to their end.",
      kind: "histogram",
      labels: { ...this.#name, code: codeNames[code] ?? "unknown" },
      bounds: durationBoundsSeconds,
      counts: this.#buckets.subarray(start, start + DURATION_BUCKETS),
      sum: this.#secondsSum[code] ?? 0,
    };
  }

  #directed(name: string, help: string, direction: "received" | "sent", index: number): NumberSample {
    return this.#number("counter", name, help, this.#traffic[index] ?? 0, { direction });
  }

  #number(
    kind: NumberSample["kind"],
    name: string,
    help: string,
    value: number,
    labels: Record<string, string> = {},
  ): NumberSample {
    return { name: `${this.#prefix}_${name}`, help, kind, value, labels: { ...this.#name, ...labels } };
  }
}

function add(counts: Float64Array, index: number, amount: number): void {
  counts[index] = (counts[index] ?? 0) + amount;
}
