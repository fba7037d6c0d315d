import type { Clock } from "@charter/time";
import type pg from "pg";
import { isStalePlan, isStatementTimeout } from "../errors.js";
import { cancelOnAbort } from "./cancel-on-abort.js";
import type { Backend } from "./cancel-request.js";
import { ledQuery } from "./led-query.js";
import type { PreparedNames } from "./prepared-names.js";
import { type Bounds, remainingMs, whyOver } from "./work-bounds.js";

/** What a bounded connection works with. */
export interface BoundingOptions {
  /** What bounds the statement that is about to start. */
  readonly boundsOf: () => Bounds;
  /** The server's own bound on any statement; a longer one need not be told to it. */
  readonly statementTimeoutMs: number;
  readonly clock: Clock;
}

const BEGIN = /^(begin|start transaction)\b/i;
const END = /^(commit|rollback)$/i;
const ROLLBACK = /^rollback\b/i;
const TRANSACTION_CONTROL = /^(commit|savepoint|release)\b/i;
/** By how much a statement of a transaction may outlast the deadline that the server was told of at an earlier one. */
const TOLERANCE_MS = 50;
const NOTHING_DONE: pg.QueryResult = { command: "", rowCount: null, oid: 0, fields: [], rows: [] };

/**
 * A connection out of a pool whose statements keep to the bounds of the work that they are for. A statement with parameters is parsed and
 * planned once per connection, and a transaction begins in the round trip of its first statement.
 */
export class BoundedClient {
  readonly #client: pg.PoolClient & Backend;
  readonly #names: PreparedNames;
  readonly #options: BoundingOptions;
  #suspect = false;
  /** How the transaction begins that the server has not been told of. */
  #begin: string | undefined;
  #inTransaction = false;
  /** The timeout that holds in the transaction, once it was set there. */
  #toldMs: number | undefined;

  constructor(client: pg.PoolClient, names: PreparedNames, options: BoundingOptions) {
    // The declarations of pg leave out its process and secret.
    this.#client = client as pg.PoolClient & Backend;
    this.#names = names;
    this.#options = options;
  }

  get processID(): number {
    return this.#client.processID;
  }

  async query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    const bounds = this.#options.boundsOf();
    // Whatever is over, what it began must be undone.
    const over = ROLLBACK.test(text) ? undefined : whyOver(bounds);
    if (over) throw over;
    if (BEGIN.test(text)) return this.#beginLater(text);
    if (END.test(text)) return this.#end(text);
    // Half way through transaction control, a cancel would leave in doubt what was done.
    const control = ROLLBACK.test(text) || TRANSACTION_CONTROL.test(text);
    // What is rolled back to a savepoint is also what was set since.
    if (control) this.#toldMs = undefined;
    return bounds.length === 0 || control ? this.#send(text, values, []) : this.#run(text, values, bounds);
  }

  /** Gives the connection back; one that a late cancel may still hit is closed. */
  release(destroy = false): void {
    this.#begin = undefined;
    this.#inTransaction = false;
    this.#client.release(destroy || this.#suspect);
  }

  #beginLater(text: string): pg.QueryResult {
    this.#begin = text;
    this.#inTransaction = true;
    this.#toldMs = undefined;
    return NOTHING_DONE;
  }

  async #end(text: string): Promise<pg.QueryResult> {
    const never = this.#begin !== undefined;
    this.#begin = undefined;
    this.#inTransaction = false;
    return never ? NOTHING_DONE : this.#client.query(text);
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

  async #send(text: string, values: readonly unknown[], bounds: Bounds): Promise<pg.QueryResult> {
    const leads = this.#timeout(bounds);
    const begin = this.#begin;
    this.#begin = undefined;
    // One text may hold several statements, which only a plain query takes.
    if (begin && values.length === 0 && leads.length === 0) await this.#client.query(begin);
    else if (begin) leads.unshift(begin);
    try {
      return await this.#sendAs(this.#nameOf(text, values), text, values, leads);
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      this.#suspect = true;
      if (this.#inTransaction) throw error;
      return this.#sendAs(undefined, text, values, leads);
    }
  }

  #timeout(bounds: Bounds): string[] {
    // 0 would mean "no limit" to the server.
    const timeoutMs = Math.max(1, Math.ceil(remainingMs(bounds)));
    if (timeoutMs >= this.#options.statementTimeoutMs) return [];
    if (!this.#inTransaction) return [`SELECT set_config('statement_timeout', '${timeoutMs}', true)`];
    const told = this.#toldMs;
    if (told !== undefined && timeoutMs <= told && told - timeoutMs <= TOLERANCE_MS) return [];
    this.#toldMs = timeoutMs;
    // Cheaper than the function, but of use only where a transaction was begun.
    return [`SET LOCAL statement_timeout = ${timeoutMs}`];
  }

  #nameOf(text: string, values: readonly unknown[]): string | undefined {
    return values.length === 0 ? undefined : this.#names.of(text);
  }

  #sendAs(
    name: string | undefined,
    text: string,
    values: readonly unknown[],
    leads: readonly string[],
  ): Promise<pg.QueryResult> {
    if (leads.length > 0) return ledQuery(this.#client, { name, text, values, leads });
    return this.#client.query({ text, values: [...values], ...(name && { name }) });
  }
}
