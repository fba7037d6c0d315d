import { createTestDatabase, seededRandom, type TestDatabase } from "@charter/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import {
  advanceCursor,
  appendEvent,
  appendEvents,
  cursorPosition,
  type Database,
  eventsMigration,
  inTransaction,
  lockCursor,
  migrate,
  openDatabase,
  readEvents,
  type StoredEvent,
} from "./index.js";

describe("the event log", () => {
  let server: TestDatabase;
  let db: Database<unknown>;

  beforeAll(async () => {
    server = await createTestDatabase();
    db = openDatabase({ url: server.url, applicationName: "events", maxConnections: 20 });
    await migrate(db, { "0001": eventsMigration });
    await sql`CREATE TABLE applied (position int8 NOT NULL)`.execute(db);
  });

  afterAll(async () => {
    await db.close();
    await server.drop();
  });

  const event = (stream: string, aggregateId = "a") => ({
    stream,
    aggregateId,
    type: "Moved",
    payload: new Uint8Array([1, 0, 255]),
  });

  it("counts each stream from 1 and reads it in order, page by page", async () => {
    const positions = await inTransaction(db, async (tx) => [
      await appendEvent(tx, event("orders", "x")),
      await appendEvent(tx, event("orders", "y")),
      await appendEvent(tx, event("parcels")),
    ]);
    expect(positions).toEqual([1n, 2n, 1n]);
    const [first] = await readEvents(db, { stream: "orders", after: 0n, limit: 1 });
    expect(first).toMatchObject({ position: 1n, stream: "orders", aggregateId: "x", type: "Moved" });
    expect(first?.payload).toEqual(Buffer.from([1, 0, 255]));
    expect(first?.recordedAt).toBeInstanceOf(Date);
    const rest = await readEvents(db, { stream: "orders", after: 1n, limit: 10 });
    expect(rest.map(({ aggregateId }) => aggregateId)).toEqual(["y"]);
  });

  it("takes several at once, with none of another's in between", async () => {
    const names = ["a", "b", "c"];
    const write = () =>
      inTransaction(db, (tx) =>
        appendEvents(
          tx,
          "several",
          names.map((name) => event("several", name)),
        ),
      );
    const firsts = await Promise.all([write(), write(), write()]);
    expect(firsts.toSorted()).toEqual([1n, 4n, 7n]);
    const read = await readEvents(db, { stream: "several", after: 0n, limit: 10 });
    expect(read.map(({ aggregateId }) => aggregateId)).toEqual([...names, ...names, ...names]);
    expect(read.map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]);
  });

  it("gives back the position of a transaction that rolls back", async () => {
    const failing = inTransaction(db, async (tx) => {
      await appendEvent(tx, event("undone"));
      throw new Error("undone");
    });
    await expect(failing).rejects.toThrow("undone");
    expect(await inTransaction(db, (tx) => appendEvent(tx, event("undone")))).toBe(1n);
  });

  it("never lets a lower position appear after a higher one was read", async () => {
    const random = seededRandom();
    await random.reporting(async () => {
      let writing = true;
      const writer = async () => {
        for (let round = 0; round < 20; round += 1) {
          await inTransaction(db, async (tx) => {
            await appendEvent(tx, event("race"));
            await sql`SELECT pg_sleep(${random.next() * 0.003})`.execute(tx);
            if (random.next() < 0.2) throw new Error("rolled back");
          }).catch(() => undefined);
        }
      };
      const follow = async () => {
        const seen: StoredEvent[] = [];
        for (let last = false; ; last = !writing) {
          seen.push(
            ...(await readEvents(db, { stream: "race", after: seen.at(-1)?.position ?? 0n, limit: 7 })),
          );
          const rest = await readEvents(db, { stream: "race", after: seen.at(-1)?.position ?? 0n, limit: 1 });
          if (last && rest.length === 0) return seen.map(({ position }) => position);
        }
      };
      const followers = [follow(), follow()];
      await Promise.all(Array.from({ length: 8 }, writer));
      writing = false;
      const { rows } = await sql<{ position: bigint }>`
        SELECT position FROM charter_event WHERE stream = 'race' ORDER BY position`.execute(db);
      const all = rows.map(({ position }) => position);
      expect(all).toEqual(all.map((_, index) => BigInt(index + 1)));
      for (const seen of await Promise.all(followers)) expect(seen).toEqual(all);
    });
  });

  it("applies each event once, however many consumers of one name try", async () => {
    const apply = (position: bigint) =>
      inTransaction(db, async (tx) => {
        const fresh = await advanceCursor(tx, { consumer: "buy", position });
        if (fresh) await sql`INSERT INTO applied VALUES (${position})`.execute(tx);
        return fresh;
      });
    expect(await cursorPosition(db, "buy")).toBe(0n);
    for (const position of [1n, 2n, 5n]) {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => apply(position)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    }
    expect(await apply(2n)).toBe(false);
    expect(await cursorPosition(db, "buy")).toBe(5n);
    const { rows } = await sql`SELECT position FROM applied ORDER BY position`.execute(db);
    expect(rows).toEqual([{ position: 1n }, { position: 2n }, { position: 5n }]);
  });

  it("lets consumers of one name who apply several at once take turns", async () => {
    const apply = (positions: readonly bigint[]) =>
      inTransaction(db, async (tx) => {
        const applied = await lockCursor(tx, "batches");
        const fresh = positions.filter((position) => position > applied);
        for (const position of fresh) await sql`INSERT INTO applied VALUES (${position + 100n})`.execute(tx);
        await advanceCursor(tx, { consumer: "batches", position: positions.at(-1) ?? 0n });
      });
    await Promise.all([apply([1n]), apply([1n, 2n]), apply([1n, 2n, 3n]), apply([2n, 3n, 4n]), apply([1n])]);
    await apply([4n, 5n]);
    const { rows } = await sql<{ position: bigint }>`
      SELECT position - 100 AS position FROM applied WHERE position > 100 ORDER BY position`.execute(db);
    expect(rows.map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(await cursorPosition(db, "batches")).toBe(5n);
  });

  it("leaves the cursor where it was when applying fails", async () => {
    const failing = inTransaction(db, async (tx) => {
      await advanceCursor(tx, { consumer: "other", position: 1n });
      throw new Error("not applied");
    });
    await expect(failing).rejects.toThrow("not applied");
    expect(await cursorPosition(db, "other")).toBe(0n);
  });
});
