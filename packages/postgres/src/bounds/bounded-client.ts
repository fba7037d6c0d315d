import type { Clock } from "@charter/time";
import type pg from "pg";
import { isStatementTimeout } from "../errors.js";
import { cancelOnAbort } from "./cancel-on-abort.js";
import type { Backend } from "./cancel-request.js";
import { limitedQuery } from "./limited-query.js";
import { type Bounds, remainingMs, whyOver } from "./work-bounds.js";

/** What a bounded connection works with. */
export interface BoundingOptions {
  /** What bounds the statement that is about to start. */
  readonly boundsOf: () => Bounds;
  /** The server's own bound on any statement; a longer one need not be told to it. */
  readonly statementTimeoutMs: number;
  readonly clock: Clock;
}

const ROLLBACK = /^rollback\b/i;
const TRANSACTION_CONTROL = /^(begin|start transaction|commit|savepoint|release)\b/i;

/** A connection out of a pool whose statements keep to the bounds of the work that they are for. */
export class BoundedClient {
  readonly #client: pg.PoolClient & Backend;
  readonly #options: BoundingOptions;
  #suspect = false;

  constructor(client: pg.PoolClient, options: BoundingOptions) {
    // The declarations of pg leave out its process and secret.
    this.#client = client as pg.PoolClient & Backend;
    this.#options = options;
  }

  get processID(): number {
    return this.#client.processID;
  }

  async query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    const bounds = this.#options.boundsOf();
    // Whatever is over, what it began must be undone.
    if (bounds.length === 0 || ROLLBACK.test(text)) return this.#client.query(text, [...values]);
    const over = whyOver(bounds);
    if (over) throw over;
    // A commit that was cancelled half way would leave in doubt what it did.
    if (TRANSACTION_CONTROL.test(text)) return this.#client.query(text, [...values]);
    return this.#run(text, values, bounds);
  }

  /** Gives the connection back; one that a late cancel may still hit is closed. */
  release(destroy = false): void {
    this.#client.release(destroy || this.#suspect);
  }

  async #run(text: string, values: readonly unknown[], bounds: Bounds): Promise<pg.QueryResult> {
    const watch = cancelOnAbort(this.#client, bounds, this.#options.clock);
    try {
      return await this.#send(text, values, bounds);
    } catch (error) {
      throw (isStatementTimeout(error) && whyOver(bounds, error)) || error;
    } finally {
      if (!(await watch.end())) this.#suspect = true;
    }
  }

  #send(text: string, values: readonly unknown[], bounds: Bounds): Promise<pg.QueryResult> {
    // 0 would mean "no limit" to the server.
    const timeoutMs = Math.max(1, Math.ceil(remainingMs(bounds)));
    if (timeoutMs >= this.#options.statementTimeoutMs) return this.#client.query(text, [...values]);
    return limitedQuery(this.#client, text, values, timeoutMs);
  }
}
