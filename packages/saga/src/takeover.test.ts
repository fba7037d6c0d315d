import { type Saga, SagaFencedError, type SagaRunner, sagaStatus } from "@charter/saga";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Bench, eventually, openBench } from "./testing/bench.js";
import { type Context, complete, orderSaga, type Trail, type Work } from "./testing/order-saga.js";

const leaseMs = 10_000;

describe("several runners", () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await openBench();
  });

  afterEach(() => bench.close());

  const status = async (id = "o1") => (await sagaStatus(bench.db, id))?.status;

  /** A work that hangs the first time it is reached, before or after its effect, as if the process had died there. */
  function crashOnce(when: "before" | "after"): { work: Work; reached: Promise<Context> } {
    const { promise: reached, resolve } = Promise.withResolvers<Context>();
    let crashed = false;
    const work: Work = async (context, ordinary) => {
      if (crashed) return ordinary();
      crashed = true;
      if (when === "after") await ordinary();
      resolve(context);
      await new Promise(() => undefined);
    };
    return { work, reached };
  }

  /** Runs until the work is reached, lets that runner die there, and has another take over once the lease has run out. */
  async function crashAndTakeOver(saga: Saga<Trail>, reached: Promise<Context>): Promise<void> {
    const first = bench.runner([saga]);
    const dying = first.runDue();
    await reached;
    await first.stop({ graceMs: 0 });
    await dying;
    const second = bench.runner([saga]);
    expect(await second.runDue()).toBe(0);
    await bench.clock.advance(leaseMs);
    expect(await second.runDue()).toBe(1);
  }

  const forward = ["reserve", "authorise", "confirm", "ship"];
  const points = ["before", "after"] as const;

  it.each(forward.flatMap((step) => points.map((when) => [when, step] as const)))(
    "go on where one died %s the effect of %s",
    async (when, step) => {
      const { work, reached } = crashOnce(when);
      const saga = orderSaga(bench, { [step]: work });
      await bench.enqueue(saga, "o1");
      await crashAndTakeOver(saga, reached);
      expect(await status()).toBe("completed");
      expect(await bench.effects()).toEqual(complete("o1"));
    },
  );

  it.each(["undo authorise", "undo reserve"].flatMap((step) => points.map((when) => [when, step] as const)))(
    "go on compensating where one died %s the effect of %s",
    async (when, step) => {
      const { work, reached } = crashOnce(when);
      const refuse: Work = async () => {
        throw new Error("refused");
      };
      const saga = orderSaga(bench, { confirm: refuse, [step]: work }, { classify: () => "fail" });
      await bench.enqueue(saga, "o1");
      await crashAndTakeOver(saga, reached);
      expect(await status()).toBe("compensated");
      expect(await bench.effects()).toEqual([]);
    },
  );

  it("count a crash as an attempt, so a step that kills its process cannot do so for ever", async () => {
    let runs = 0;
    const deadly: Work = async () => {
      runs += 1;
      await new Promise(() => undefined);
    };
    const saga = orderSaga(bench, { authorise: deadly }, { maxAttempts: 3 });
    await bench.enqueue(saga, "o1");
    for (let life = 1; life <= 3; life += 1) {
      const runner = bench.runner([saga]);
      const dying = runner.runDue();
      await eventually(async () => runs === life);
      await runner.stop({ graceMs: 0 });
      await dying;
      await bench.clock.advance(leaseMs);
    }
    const reserve = orderSaga(
      bench,
      { authorise: () => Promise.reject(new Error("still")) },
      { maxAttempts: 3 },
    );
    await bench.runner([reserve]).runDue();
    expect(await status()).toBe("compensated");
  });

  it("refuse every write of a zombie that wakes up after the takeover, and roll it back", async () => {
    const reached = Promise.withResolvers<Context>();
    const wakeUp = Promise.withResolvers<void>();
    const written = Promise.withResolvers<unknown>();
    let zombie = true;
    const saga = orderSaga(bench, {
      authorise: async (context, ordinary) => {
        if (!zombie) return ordinary();
        zombie = false;
        reached.resolve(context);
        await wakeUp.promise;
        const writing = context.transaction(async (tx) => {
          await sql`INSERT INTO effect (key, undone) VALUES ('zombie', false)`.execute(tx);
        });
        written.resolve(await writing.catch((error: unknown) => error));
      },
    });
    await bench.enqueue(saga, "o1");
    // Its clock stands still, so it neither renews its lease nor notices that time has passed: a process that was suspended.
    const suspended = bench.runner([saga], { clock: new ManualClock() }).runDue();
    await reached.promise;
    await bench.clock.advance(leaseMs);
    await bench.runner([saga]).runDue();
    expect(await status()).toBe("completed");
    wakeUp.resolve();
    expect(await written.promise).toBeInstanceOf(SagaFencedError);
    await suspended;
    expect(await status()).toBe("completed");
    expect(await bench.effects()).toEqual(complete("o1"));
    expect(bench.logged).toContain("warn: saga was taken over by another worker");
  });

  it("refuse a zombie from the takeover on, before the new holder has written anything", async () => {
    const reached = [Promise.withResolvers<Context>(), Promise.withResolvers<Context>()];
    const leave = Promise.withResolvers<void>();
    let holders = 0;
    const saga = orderSaga(bench, {
      reserve: async (context, ordinary) => {
        reached[holders++]?.resolve(context);
        await leave.promise;
        await ordinary();
      },
    });
    await bench.enqueue(saga, "o1");
    const suspended = bench.runner([saga], { clock: new ManualClock() }).runDue();
    const zombie = await reached[0]?.promise;
    await bench.clock.advance(leaseMs);
    const taking = bench.runner([saga]).runDue();
    const holder = await reached[1]?.promise;
    await expect(zombie?.transaction(async () => "written")).rejects.toBeInstanceOf(SagaFencedError);
    expect(await holder?.transaction(async () => "written")).toBe("written");
    leave.resolve();
    await Promise.all([suspended, taking]);
    expect(await bench.effects()).toEqual(complete("o1"));
  });

  it("do not run a pivot again whose transaction was committed by one that died", async () => {
    const reached = Promise.withResolvers<Context>();
    let runs = 0;
    const saga = orderSaga(bench, {
      confirm: async (context, ordinary) => {
        runs += 1;
        await ordinary();
        reached.resolve(context);
        await new Promise(() => undefined);
      },
    });
    await bench.enqueue(saga, "o1");
    await crashAndTakeOver(saga, reached.promise);
    expect([runs, await status()]).toEqual([1, "completed"]);
  });

  it("cannot take a saga over between the start and the commit of its holder's transaction", async () => {
    const inside = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const saga = orderSaga(bench, {
      reserve: (context) =>
        context.transaction(async () => {
          inside.resolve();
          await leave.promise;
        }),
    });
    await bench.enqueue(saga, "o1");
    const holding = bench.runner([saga], { clock: new ManualClock() }).runDue();
    await inside.promise;
    await bench.clock.advance(leaseMs);
    expect(await bench.runner([saga]).runDue()).toBe(0);
    leave.resolve();
    await holding;
    expect(await status()).toBe("completed");
  });

  it("do not take over what is alive: a lease is renewed while its step runs", async () => {
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
    const first = bench.runner([saga]).runDue();
    await reached.promise;
    const second = bench.runner([saga]);
    for (let third = 0; third < 6; third += 1) {
      await bench.clock.advance(leaseMs / 3);
      const renewedUntil = bench.clock.nowMs() + leaseMs - 1;
      await eventually(async () => Number((await sagaStatus(bench.db, "o1"))?.dueAt) >= renewedUntil);
      await bench.clock.timersPending(2);
      expect(await second.runDue()).toBe(0);
    }
    leave.resolve();
    expect(await first).toBe(1);
    expect(await status()).toBe("completed");
  });

  it("tell a step that its saga was lost, by its signal", async () => {
    const lost = Promise.withResolvers<unknown>();
    const reached = Promise.withResolvers<void>();
    let first = true;
    const saga = orderSaga(bench, {
      reserve: async ({ signal }, ordinary) => {
        if (!first) return ordinary();
        first = false;
        signal.addEventListener("abort", () => lost.resolve(signal.reason));
        reached.resolve();
        await lost.promise;
      },
    });
    await bench.enqueue(saga, "o1");
    const clock = new ManualClock();
    const losing = bench.runner([saga], { clock }).runDue();
    await reached.promise;
    await bench.clock.advance(leaseMs);
    await bench.runner([saga]).runDue();
    await clock.advance(leaseMs / 3);
    expect(await lost.promise).toBeInstanceOf(SagaFencedError);
    await losing;
    expect(await status()).toBe("completed");
  });

  it("share 100 sagas, each effect taking place exactly once", async () => {
    const saga = orderSaga(bench);
    const ids = Array.from({ length: 100 }, (_, index) => `o${String(index).padStart(3, "0")}`);
    await bench.enqueue(saga, ...ids);
    const runners: SagaRunner[] = [bench.runner([saga]), bench.runner([saga])];
    const taken = await Promise.all(runners.map((runner) => runner.runDue()));
    expect(taken[0] ?? 0).toBeGreaterThan(0);
    expect(taken[1] ?? 0).toBeGreaterThan(0);
    expect((taken[0] ?? 0) + (taken[1] ?? 0)).toBe(100);
    expect(await bench.effects()).toEqual(ids.flatMap(complete).toSorted());
    const { rows } = await sql`SELECT count(*)::int AS repeated FROM effect WHERE times > 1`.execute(
      bench.db,
    );
    expect(rows).toEqual([{ repeated: 0 }]);
  });
});
