import type { PostgresPool, PostgresPoolClient } from "kysely";
import type pg from "pg";
import { JoinedClient } from "../joining/joined-client.js";
import { type SharedTransaction, seatOn } from "../joining/shared-transaction.js";
import { BoundedClient, type BoundingOptions } from "./bounded-client.js";
import { PreparedNames } from "./prepared-names.js";
import { type Bounds, whyOver } from "./work-bounds.js";

/** A pool whose connections keep to the bounds of the work at hand; waiting for one does so too. */
export function boundedPool(pool: pg.Pool, options: BoundingOptions): PostgresPool {
  const names = new PreparedNames();
  const known = new WeakMap<pg.PoolClient, BoundedClient>();
  const bound = (client: pg.PoolClient) => {
    const bounded = known.get(client) ?? new BoundedClient(client, names, options);
    known.set(client, bounded);
    return bounded;
  };
  const connection = async () => {
    const seat = seatOn(pool);
    if (seat?.role === "guest") return joined(seat.transaction);
    const client = bound(await connect(pool, options.boundsOf()));
    if (seat) seat.transaction.client = client;
    return client;
  };
  return {
    options: pool.options,
    end: () => pool.end(),
    // Kysely reads rows through a cursor only where it is given one, so its connections need only `query` a text.
    connect: async () => (await connection()) as unknown as PostgresPoolClient,
  };
}

async function joined(transaction: SharedTransaction): Promise<JoinedClient> {
  await transaction.begin();
  if (!transaction.client) throw new Error("a transaction has begun without a connection of its pool");
  return new JoinedClient(transaction.client, transaction);
}

async function connect(pool: pg.Pool, bounds: Bounds): Promise<pg.PoolClient> {
  const over = whyOver(bounds);
  if (over) throw over;
  const signals = bounds.flatMap(({ signal }) => signal ?? []);
  return signals.length === 0 ? pool.connect() : unlessAborted(pool.connect(), signals, bounds);
}

/** The pool cannot be told to forget a wait, so a connection that comes after the work is over goes back at once. */
function unlessAborted(
  connecting: Promise<pg.PoolClient>,
  signals: readonly AbortSignal[],
  bounds: Bounds,
): Promise<pg.PoolClient> {
  let over = false;
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      over = true;
      reject(whyOver(bounds));
    };
    for (const signal of signals) signal.addEventListener("abort", onAbort, { once: true });
    const forget = () => {
      for (const signal of signals) signal.removeEventListener("abort", onAbort);
    };
    connecting.finally(forget).then((client) => (over ? client.release() : resolve(client)), reject);
  });
}
