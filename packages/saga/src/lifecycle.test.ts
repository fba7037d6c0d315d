import { inTransaction, openDatabase } from "@charter/postgres";
import { sagaStatus } from "@charter/saga";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Bench, eventually, openBench } from "./testing/bench.js";
import { type Context, complete, orderSaga } from "./testing/order-saga.js";

describe("a runner", () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await openBench();
  });

  afterEach(() => bench.close());

  const ended = (id: string) => async () => (await sagaStatus(bench.db, id))?.status === "completed";

  it("begins at once when it is woken, and finds by itself what others enqueue", async () => {
    const saga = orderSaga(bench);
    const runner = bench.runner([saga]);
    runner.start();
    await bench.clock.timersPending();
    await bench.enqueue(saga, "o1");
    runner.wake();
    await eventually(ended("o1"));
    await bench.enqueue(saga, "o2");
    await eventually(async () => {
      await bench.clock.advance(500);
      return ended("o2")();
    });
    await runner.stop();
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("works on no more than its bound at once, and fills a slot as soon as it is free", async () => {
    let running = 0;
    let most = 0;
    const saga = orderSaga(bench, {
      reserve: async (_, ordinary) => {
        running += 1;
        most = Math.max(most, running);
        await ordinary();
        running -= 1;
      },
    });
    const ids = Array.from({ length: 12 }, (_, index) => `o${index}`);
    await bench.enqueue(saga, ...ids);
    expect(await bench.runner([saga], { concurrency: 3 }).runDue()).toBe(12);
    expect(most).toBe(3);
    expect(await bench.effects()).toEqual(ids.flatMap(complete).toSorted());
  });

  it("lets the running step end when it stops, and gives the saga back at once", async () => {
    const reached = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const saga = orderSaga(bench, {
      reserve: async (_, ordinary) => {
        reached.resolve();
        await leave.promise;
        await ordinary();
      },
    });
    await bench.enqueue(saga, "o1");
    const first = bench.runner([saga]);
    first.start();
    await reached.promise;
    const stopping = first.stop();
    leave.resolve();
    await stopping;
    expect(await bench.effects()).toEqual(["o1:reserve"]);
    expect(await bench.runner([saga]).runDue()).toBe(1);
    expect(await bench.effects()).toEqual(complete("o1"));
    expect(bench.clock.pendingTimers).toBe(0);
  });

  it("aborts a step that does not end within the grace, and takes no saga after it was stopped", async () => {
    const reached = Promise.withResolvers<Context>();
    const saga = orderSaga(bench, {
      reserve: async (context) => {
        reached.resolve(context);
        await new Promise(() => undefined);
      },
    });
    await bench.enqueue(saga, "o1", "o2");
    const runner = bench.runner([saga], { concurrency: 1 });
    runner.start();
    const context = await reached.promise;
    const stopping = runner.stop({ graceMs: 1_000 });
    await bench.clock.timersPending(3);
    await bench.clock.advance(1_000);
    await stopping;
    expect(context.signal.aborted).toBe(true);
    await expect(context.transaction(async () => undefined)).rejects.toThrow("The saga runner has stopped");
    expect(bench.clock.pendingTimers).toBe(0);
    expect(await runner.runDue()).toBe(0);
    expect(() => runner.start()).toThrow(/stopped/);
  });

  it("stops within its bound though the database does not answer", async () => {
    const reached = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const saga = orderSaga(bench, {
      reserve: async () => {
        reached.resolve();
        await leave.promise;
      },
    });
    await bench.enqueue(saga, "o1");
    const runner = bench.runner([saga]);
    runner.start();
    await reached.promise;
    const release = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const blocking = inTransaction(bench.db, async (tx) => {
      await sql`SELECT 1 FROM charter_saga FOR UPDATE`.execute(tx);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const stopping = runner.stop({ graceMs: 1_000 });
    leave.resolve();
    await bench.clock.advance(1_000);
    await bench.clock.advance(1_000);
    await stopping;
    expect(bench.clock.pendingTimers).toBe(0);
    release.resolve();
    await blocking;
  });

  it("outlives a database that is away", async () => {
    const saga = orderSaga(bench);
    const nowhere = openDatabase<unknown>({
      url: "postgres://a:b@127.0.0.1:1/none",
      applicationName: "nowhere",
    });
    const runner = bench.runner([saga], { db: nowhere });
    runner.start();
    await eventually(async () =>
      bench.logged.some((line) => line.startsWith("error: sagas could not be claimed")),
    );
    await runner.stop();
    await nowhere.close();
    expect(bench.clock.pendingTimers).toBe(0);
  });
});
