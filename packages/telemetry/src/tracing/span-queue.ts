import { type Clock, systemClock, type Timer } from "@charter/time";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Sample } from "../metrics/sample.js";

/** Spans that wait for their export at most; further ones are dropped and counted. */
export const MAX_QUEUED_SPANS = 4_096;
/** Spans of one export. */
const BATCH_SPANS = 512;
/** How long a span waits for others to go with it. */
const BATCH_DELAY_MS = 1_000;
/** How long a shutdown waits for the last exports. */
const SHUTDOWN_MS = 5_000;

export interface SpanQueueOptions {
  readonly exporter: SpanExporter;
  /** Told when exports begin to fail, with the error, and when they succeed again, without one. */
  readonly onOutcome: (error?: Error) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** Ended spans on their way out, in batches, one at a time. It never holds up the work that the spans are about. */
export class SpanQueue implements SpanProcessor {
  readonly #exporter: SpanExporter;
  readonly #onOutcome: (error?: Error) => void;
  readonly #clock: Clock;
  #waiting: ReadableSpan[] = [];
  #timer: Timer | undefined;
  #sending: Promise<void> | undefined;
  #shutdown: Promise<void> | undefined;
  #closed = false;
  #healthy = true;
  #exported = 0;
  #dropped = 0;
  #failed = 0;

  constructor({ exporter, onOutcome, clock = systemClock }: SpanQueueOptions) {
    this.#exporter = exporter;
    this.#onOutcome = onOutcome;
    this.#clock = clock;
  }

  onStart(): void {
    // Only spans that have ended are of interest.
  }

  onEnd(span: ReadableSpan): void {
    if (this.#closed || this.#waiting.length >= MAX_QUEUED_SPANS) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= BATCH_SPANS) void this.#send();
    else this.#timer ??= this.#clock.setTimer(() => void this.#send(), BATCH_DELAY_MS);
  }

  /** Resolves when all that waited is exported or has failed. */
  forceFlush(): Promise<void> {
    return this.#send();
  }

  /** Exports what waits, for five seconds at most, and takes no more. A second call joins the first. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    let giveUp = () => {};
    const over = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const timer = this.#clock.setTimer(giveUp, SHUTDOWN_MS);
    await Promise.race([this.#send(), over]);
    timer.clear();
    await this.#exporter.shutdown();
  }

  /** What became of the spans so far. */
  samples(): Sample[] {
    const dropped = (reason: string, value: number): Sample => ({
      name: "trace_spans_dropped_total",
      help: "Spans that were lost, because the queue was full or an export failed.",
      kind: "counter",
      labels: { reason },
      value,
    });
    return [
      {
        name: "trace_spans_exported_total",
        help: "Spans handed to the collector.",
        kind: "counter",
        value: this.#exported,
      },
      dropped("queue_full", this.#dropped),
      dropped("export_failed", this.#failed),
      {
        name: "trace_spans_queued",
        help: "Spans that wait for their export.",
        kind: "gauge",
        value: this.#waiting.length,
      },
    ];
  }

  #send(): Promise<void> {
    this.#timer?.clear();
    this.#timer = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_SPANS);
      const error = await this.#export(batch);
      if (error) this.#failed += batch.length;
      else this.#exported += batch.length;
      this.#note(error);
    }
  }

  #export(batch: ReadableSpan[]): Promise<Error | undefined> {
    return new Promise((resolve) => {
      this.#exporter.export(batch, ({ code, error }) =>
        resolve(code === 0 ? undefined : (error ?? new Error("the export failed"))),
      );
    });
  }

  #note(error: Error | undefined): void {
    if (this.#healthy === (error === undefined)) return;
    this.#healthy = error === undefined;
    this.#onOutcome(error);
  }
}
