import { AsyncLocalStorage } from "node:async_hooks";
import type { BoundedClient } from "../bounds/bounded-client.js";

/** A transaction that everything a piece of work does in one database joins; it begins with the first statement. */
export class SharedTransaction<Begun = unknown> {
  /** Of which pool it is; work in another database goes its own way. */
  readonly pool: object;
  /** The connection that it runs on, once it has begun. */
  client: BoundedClient | undefined;
  readonly #start: () => Promise<Begun>;
  readonly #whenCommitted: (() => void)[] = [];
  #begun: Promise<Begun> | undefined;
  #over = false;
  #savepoints = 0;

  /** `start` takes a connection out of the pool and begins a transaction on it. */
  constructor(pool: object, start: () => Promise<Begun>) {
    this.pool = pool;
    this.#start = start;
  }

  /** Whether nothing may join it any more; work that outlives it goes its own way, too. */
  get over(): boolean {
    return this.#over;
  }

  /** Runs work whose statements join. */
  share<T>(work: () => Promise<T>): Promise<T> {
    return seats.run({ transaction: this, role: "guest" }, work);
  }

  /** How its beginning ended, or will; undefined while nothing has begun it. */
  get begun(): Promise<Begun> | undefined {
    return this.#begun;
  }

  /** Begins it, the first time; fails as its beginning did. */
  begin(): Promise<Begun> {
    this.#begun ??= seats.run({ transaction: this, role: "host" }, this.#start);
    return this.#begun;
  }

  close(): void {
    this.#over = true;
  }

  whenCommitted(work: () => void): void {
    this.#whenCommitted.push(work);
  }

  committed(): void {
    for (const work of this.#whenCommitted) work();
  }

  newSavepoint(): string {
    this.#savepoints += 1;
    return `charter_joined_${this.#savepoints}`;
  }
}

/** The host begins and ends the transaction; guests join it. */
interface Seat {
  readonly transaction: SharedTransaction;
  readonly role: "host" | "guest";
}

const seats = new AsyncLocalStorage<Seat | undefined>();

/** The place in a transaction that a statement on this pool has; undefined where it goes its own way. */
export function seatOn(pool: object): Seat | undefined {
  const seat = seats.getStore();
  return seat && !seat.transaction.over && seat.transaction.pool === pool ? seat : undefined;
}

/**
 * Runs work whose statements do not join the transaction in which an answer is stored: what they do is committed by itself and stays when
 * the call fails. For what other services are asked in between, so that none of them can hold a transaction open. It belongs before
 * the first statement that joins, for afterwards the call would need two connections and could wait for itself.
 */
export function apart<T>(work: () => Promise<T>): Promise<T> {
  return seats.run(undefined, work);
}
