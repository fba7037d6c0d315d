import { inTransaction } from "@charter/postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type Kysely, sql } from "kysely";
import { stockInvariants } from "../invariants-stock.js";
import { seedProduct } from "../testing/seed-product.js";
import { openTestSchema, type TestSchema } from "../testing/test-schema.js";
import {
  commitStock,
  overdueReservations,
  releaseStock,
  reserveStock,
  restockReservation,
  takeStock,
} from "./stock.js";

// What was sold is for tests with orders; here there are only reservations.
const ledgerInvariants = stockInvariants.filter((invariant) => !invariant.title.startsWith("what was sold"));
const later = new Date("2100-01-01T00:00:00Z");

describe("stock ledger", () => {
  let schema: TestSchema;
  let sku = "";
  let count = 0;
  beforeAll(async () => {
    schema = await openTestSchema();
  });
  afterAll(() => schema.close());
  afterEach(async () => {
    for (const invariant of ledgerInvariants) {
      expect((await sql.raw(invariant.sql).execute(schema.db)).rows).toEqual([]);
    }
  });

  async function stocked(onHand: bigint): Promise<void> {
    count += 1;
    sku = `sku-${count}`;
    await seedProduct(schema.db, { sku, onHand });
  }
  const run = <T>(body: (tx: Kysely<unknown>) => Promise<T>) => inTransaction(schema.db, body);
  const reserve = (id: string, quantity = 1n, expiresAt = later) =>
    run((tx) => reserveStock(tx, { id: `${sku}:${id}`, lines: [{ sku, quantity }], expiresAt }));
  const commit = (id: string) => run((tx) => commitStock(tx, `${sku}:${id}`));
  const release = (id: string) => run((tx) => releaseStock(tx, `${sku}:${id}`));
  const restock = (id: string) => run((tx) => restockReservation(tx, `${sku}:${id}`));
  async function levels(): Promise<unknown> {
    const { rows } = await sql`select on_hand, reserved from stock_level where sku = ${sku}`.execute(
      schema.db,
    );
    return rows[0];
  }

  it("holds, takes and keeps an entry of each", async () => {
    await stocked(5n);
    expect(await reserve("a", 2n)).toEqual({ kind: "reserved" });
    expect(await levels()).toEqual({ on_hand: 5n, reserved: 2n });
    expect(await commit("a")).toBe("committed");
    expect(await levels()).toEqual({ on_hand: 3n, reserved: 0n });
    const { rows } = await sql`select kind from stock_entry where sku = ${sku} order by id`.execute(
      schema.db,
    );
    expect(rows).toEqual([{ kind: "RECEIPT" }, { kind: "RESERVE" }, { kind: "COMMIT" }]);
  });

  it("holds all lines or none", async () => {
    await stocked(5n);
    const lines = [
      { sku, quantity: 1n },
      { sku: "unknown", quantity: 1n },
    ];
    const outcome = await run((tx) => reserveStock(tx, { id: "all-or-none", lines, expiresAt: later }));
    expect(outcome).toEqual({
      kind: "out_of_stock",
      shortage: { sku: "unknown", wanted: 1n, available: 0n },
    });
    expect(await levels()).toEqual({ on_hand: 5n, reserved: 0n });
  });

  it("does everything once however often it is asked", async () => {
    await stocked(5n);
    await Promise.all(Array.from({ length: 20 }, () => reserve("a", 2n)));
    expect(await levels()).toEqual({ on_hand: 5n, reserved: 2n });
    await Promise.all(Array.from({ length: 20 }, () => commit("a")));
    expect(await levels()).toEqual({ on_hand: 3n, reserved: 0n });
    await Promise.all(Array.from({ length: 20 }, () => restock("a")));
    expect(await levels()).toEqual({ on_hand: 5n, reserved: 0n });
  });

  it("refuses a reservation that its release has overtaken", async () => {
    await stocked(5n);
    expect(await release("a")).toBe("released");
    expect(await reserve("a")).toEqual({ kind: "released" });
    expect(await commit("a")).toBe("released");
    expect(await levels()).toEqual({ on_hand: 5n, reserved: 0n });
  });

  it("does not release what is committed", async () => {
    await stocked(5n);
    await reserve("a");
    await commit("a");
    expect(await release("a")).toBe("committed");
    expect(await levels()).toEqual({ on_hand: 4n, reserved: 0n });
  });

  it("takes units of an order of the past without holding them", async () => {
    await stocked(5n);
    const take = () => run((tx) => takeStock(tx, { id: `${sku}:past`, lines: [{ sku, quantity: 5n }] }));
    expect(await take()).toEqual({ kind: "reserved" });
    expect(await take()).toEqual({ kind: "reserved" });
    expect(await levels()).toEqual({ on_hand: 0n, reserved: 0n });
  });

  it("finds reservations whose time is over", async () => {
    await stocked(5n);
    await reserve("due", 1n, new Date("2020-01-01T00:00:00Z"));
    await reserve("live");
    const overdue = () =>
      overdueReservations(schema.db, { now: new Date("2020-01-01T00:00:00Z"), limit: 10 });
    expect(await overdue()).toEqual([`${sku}:due`]);
    await release("due");
    expect(await overdue()).toEqual([]);
  });

  it("sells 10 units to 10 of 200 shoppers who come at once", async () => {
    await stocked(10n);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async (_, shopper) => {
        const outcome = await reserve(`s${shopper}`);
        return outcome.kind === "reserved" ? commit(`s${shopper}`) : outcome.kind;
      }),
    );
    expect(outcomes.filter((outcome) => outcome === "committed")).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === "out_of_stock")).toHaveLength(190);
    expect(await levels()).toEqual({ on_hand: 0n, reserved: 0n });
  });

  it("never waits in a circle when baskets overlap the other way round", async () => {
    await stocked(100n);
    const first = sku;
    await stocked(100n);
    const both = [first, sku];
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, shopper) => {
        const skus = shopper % 2 === 0 ? both : both.toReversed();
        const lines = skus.map((name) => ({ sku: name, quantity: 1n }));
        return schema.db
          .transaction()
          .execute((tx) => reserveStock(tx, { id: `circle:${shopper}`, lines, expiresAt: later }));
      }),
    );
    expect(new Set(outcomes.map((outcome) => outcome.kind))).toEqual(new Set(["reserved"]));
    expect(await levels()).toEqual({ on_hand: 100n, reserved: 100n });
  });

  it("refuses to change an entry of the ledger", async () => {
    await expect(sql`delete from stock_entry`.execute(schema.db)).rejects.toThrow("never changed");
  });
});
