import { AsyncLocalStorage } from "node:async_hooks";
import type { BoundedClient } from "../bounds/bounded-client.js";

/** A transaction that everything a piece of work does in one database joins. */
export class SharedTransaction {
  /** Of which pool it is; work in another database goes its own way. */
  readonly pool: object;
  /** The connection that it runs on, while it runs. */
  client: BoundedClient | undefined;
  /** Work that outlives the transaction goes its own way, too. */
  over = false;
  #savepoints = 0;

  constructor(pool: object) {
    this.pool = pool;
  }

  newSavepoint(): string {
    this.#savepoints += 1;
    return `charter_joined_${this.#savepoints}`;
  }
}

const shared = new AsyncLocalStorage<SharedTransaction>();

/** Runs `work`, whose first connection out of the pool becomes the one that its later statements join. */
export async function sharing<T>(pool: object, work: () => Promise<T>): Promise<T> {
  const transaction = new SharedTransaction(pool);
  try {
    return await shared.run(transaction, work);
  } finally {
    transaction.over = true;
  }
}

/** The transaction to join for a statement on this pool; undefined where there is none. */
export function sharedTransaction(pool: object): SharedTransaction | undefined {
  const transaction = shared.getStore();
  return transaction && !transaction.over && transaction.pool === pool ? transaction : undefined;
}
