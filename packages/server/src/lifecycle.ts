import { Seats } from "./seats.js";
import type { ServerCall } from "./server-call.js";

/** A call as far as its end goes. */
export type InFlight = Pick<ServerCall, "method" | "abort">;

/** What the server is doing with its life: the calls in flight, and whether new ones are taken. */
export class Lifecycle {
  readonly #calls = new Seats<InFlight>();
  readonly #waiting = new Set<() => void>();
  readonly #onDrain = new Set<() => void>();
  #draining = false;

  get draining(): boolean {
    return this.#draining;
  }

  /** Notes a call, until the `end` of what is given back. */
  begin(call: InFlight): number {
    return this.#calls.add(call);
  }

  /** The last byte of the call's answer is out, or its caller is gone. */
  end(begun: number): void {
    this.#calls.remove(begun);
    for (const check of this.#waiting) check();
  }

  /** From now on new calls are refused. */
  startDraining(): void {
    this.#draining = true;
    for (const callback of this.#onDrain) callback();
    this.#onDrain.clear();
  }

  /** Calls back once when draining starts; gives back what takes it back. */
  onDrain(callback: () => void): () => void {
    this.#onDrain.add(callback);
    return () => this.#onDrain.delete(callback);
  }

  /** Aborts the calls in flight that `concerns`. */
  abort(reason: Error, concerns: (call: InFlight) => boolean): void {
    for (const call of this.#calls) if (concerns(call)) call.abort(reason);
  }

  /** Resolves when no call in flight `counts` any more. */
  idle(counts: (call: InFlight) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if ([...this.#calls].some(counts)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }
}
