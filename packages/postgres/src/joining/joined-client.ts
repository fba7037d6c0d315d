import type pg from "pg";
import type { BoundedClient } from "../bounds/bounded-client.js";
import type { SharedTransaction } from "./shared-transaction.js";

/** A connection that is lent within a transaction: what would be a transaction of its own becomes a savepoint of that one. */
export class JoinedClient {
  readonly #client: BoundedClient;
  readonly #transaction: SharedTransaction;
  #savepoint: string | undefined;

  constructor(client: BoundedClient, transaction: SharedTransaction) {
    this.#client = client;
    this.#transaction = transaction;
  }

  get processID(): number {
    return this.#client.processID;
  }

  async query(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    // Its connection may serve somebody else by now.
    if (this.#transaction.over) throw new Error("the transaction that this statement was part of is over");
    return this.#client.query(this.#joined(text), values);
  }

  /** It belongs to whoever began the transaction. */
  release(): void {}

  #joined(text: string): string {
    const command = text.toLowerCase();
    if (command.startsWith("start transaction"))
      throw new TypeError("a transaction with an isolation level of its own cannot join another");
    if (command === "begin") {
      this.#savepoint = this.#transaction.newSavepoint();
      return `SAVEPOINT ${this.#savepoint}`;
    }
    if (command === "commit") return `RELEASE SAVEPOINT ${this.#savepoint}`;
    return command === "rollback" ? `ROLLBACK TO SAVEPOINT ${this.#savepoint}` : text;
  }
}
