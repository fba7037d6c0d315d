import { inTransaction } from "@charter/postgres";
import {
  defineSaga,
  enqueueSaga,
  listStuckSagas,
  purgeSagas,
  retrySaga,
  SagaFencedError,
  sagaStatus,
} from "@charter/saga";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Bench, openBench } from "./testing/bench.js";
import { type Context, complete, orderSaga, type Trail, type Work } from "./testing/order-saga.js";

class Declined extends Error {}

const declines: Work = async () => {
  throw new Declined("card declined");
};
const classify = (error: unknown) => (error instanceof Declined ? ("fail" as const) : ("retry" as const));

describe("a saga", () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await openBench();
  });

  afterEach(() => bench.close());

  const status = (id = "o1") => sagaStatus(bench.db, id);
  const trail = async (id = "o1") => ((await status(id))?.state as Trail | undefined)?.done;

  it("runs its steps in order, once each, with state and a stable key", async () => {
    const keys: string[] = [];
    const saga = orderSaga(bench, {
      ship: async (context, ordinary) => {
        keys.push(context.key);
        await ordinary();
      },
    });
    await bench.enqueue(saga, "o1");
    expect(await status()).toMatchObject({ status: "running", step: "reserve", attempt: 0, lastError: null });
    expect(await bench.runner([saga]).runDue()).toBe(1);
    expect(await status()).toMatchObject({ status: "completed", step: "ship", name: "order" });
    expect(await trail()).toEqual(["reserve", "authorise", "confirm", "ship"]);
    expect(await bench.effects()).toEqual(complete("o1"));
    expect(keys).toEqual(["o1:ship"]);
    expect(await bench.runner([saga]).runDue()).toBe(0);
  });

  it("does not exist when its enqueuer rolls back, and refuses an id twice", async () => {
    const saga = orderSaga(bench);
    const failing = inTransaction(bench.db, async (tx) => {
      await enqueueSaga(tx, saga, { id: "o1", state: { done: [] } });
      throw new Error("rolled back");
    });
    await expect(failing).rejects.toThrow("rolled back");
    expect(await status()).toBeUndefined();
    await bench.enqueue(saga, "o1");
    await expect(bench.enqueue(saga, "o1")).rejects.toMatchObject({ code: "23505" });
  });

  it.each([
    ["reserve", ["undo reserve"]],
    ["authorise", ["reserve", "undo authorise", "undo reserve"]],
    ["confirm", ["reserve", "authorise", "undo authorise", "undo reserve"]],
  ])("that fails for good at %s compensates in reverse, that step included", async (step, expected) => {
    const saga = orderSaga(bench, { [step]: declines }, { classify });
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    expect(await status()).toMatchObject({ status: "compensated", lastError: "Error: card declined" });
    expect(await trail()).toEqual(expected);
    expect(await bench.effects()).toEqual([]);
  });

  it("undoes a step whose outcome is unknown, also when its effect took place", async () => {
    const saga = orderSaga(
      bench,
      {
        authorise: async (_, ordinary) => {
          await ordinary();
          throw new Declined("the answer was lost");
        },
      },
      { classify },
    );
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    expect(await trail()).toEqual(["reserve", "undo authorise", "undo reserve"]);
    expect(await bench.effects()).toEqual([]);
  });

  it("repeats a failed step after a doubling pause below its cap, and drops what the attempt did to the state", async () => {
    const attempts: number[] = [];
    const startedMs = bench.clock.nowMs();
    const saga = orderSaga(
      bench,
      {
        reserve: async (context, ordinary) => {
          attempts.push(bench.clock.nowMs() - startedMs);
          context.state.done.push("half");
          if (context.attempt < 5) throw new Error("unavailable");
          context.state.done.pop();
          await ordinary();
        },
      },
      { backoff: { baseMs: 100, maxMs: 400 } },
    );
    await bench.enqueue(saga, "o1");
    const runner = bench.runner([saga]);
    for (let ms = 0; ms < 1_200; ms += 50) {
      await runner.runDue();
      await bench.clock.advance(50);
    }
    expect(attempts).toEqual([0, 100, 300, 700, 1_100]);
    expect(await trail()).toEqual(["reserve", "authorise", "confirm", "ship"]);
  });

  it("compensates when a step before the pivot has used up its attempts", async () => {
    let runs = 0;
    const saga = orderSaga(
      bench,
      {
        authorise: async () => {
          runs += 1;
          throw new Error("unavailable");
        },
      },
      { maxAttempts: 3, backoff: { baseMs: 0, maxMs: 0 } },
    );
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    expect(runs).toBe(3);
    expect(await status()).toMatchObject({ status: "compensated", lastError: "Error: unavailable" });
  });

  it("compensates when its time before the pivot is used up", async () => {
    const saga = orderSaga(
      bench,
      {
        authorise: async () => {
          throw new Error("unavailable");
        },
      },
      { timeBudgetMs: 5_000, maxAttempts: 1_000, backoff: { baseMs: 1_000, maxMs: 1_000 } },
    );
    await bench.enqueue(saga, "o1");
    const runner = bench.runner([saga]);
    for (let second = 0; second < 5; second += 1) {
      await runner.runDue();
      expect(await status()).toMatchObject({ status: "running" });
      await bench.clock.advance(1_000);
    }
    await runner.runDue();
    expect(await status()).toMatchObject({ status: "compensated" });
  });

  it("goes only forward after the pivot: it shows as stuck, is retried, and ends once it can", async () => {
    let broken = true;
    const saga = orderSaga(
      bench,
      { ship: (_, ordinary) => (broken ? Promise.reject(new Declined("no carrier")) : ordinary()) },
      { classify, backoff: { baseMs: 1_000, maxMs: 1_000 } },
    );
    await bench.enqueue(saga, "o1");
    const runner = bench.runner([saga]);
    await runner.runDue();
    expect(await listStuckSagas(bench.db)).toMatchObject([
      { id: "o1", status: "stuck", step: "ship", direction: "forward", lastError: "Error: no carrier" },
    ]);
    await bench.clock.advance(1_000);
    expect(await runner.runDue()).toBe(1);
    expect(await status()).toMatchObject({ status: "stuck", attempt: 2 });
    broken = false;
    await bench.clock.advance(1_000);
    await runner.runDue();
    expect(await status()).toMatchObject({ status: "completed" });
    expect(await listStuckSagas(bench.db)).toEqual([]);
  });

  it("whose compensation keeps failing shows as stuck, never gets lost, and ends when an operator retries it", async () => {
    let broken = true;
    const saga = orderSaga(
      bench,
      {
        authorise: declines,
        "undo reserve": (_, ordinary) => (broken ? Promise.reject(new Error("stock is down")) : ordinary()),
      },
      { classify, stuckAfterAttempts: 3, backoff: { baseMs: 1_000, maxMs: 1_000 } },
    );
    await bench.enqueue(saga, "o1");
    const runner = bench.runner([saga]);
    const seen: (string | undefined)[] = [];
    for (let round = 0; round < 4; round += 1) {
      await runner.runDue();
      seen.push((await status())?.status);
      await bench.clock.advance(1_000);
    }
    expect(seen).toEqual(["compensating", "compensating", "stuck", "stuck"]);
    await runner.runDue();
    expect(await bench.effects()).toEqual(["o1:reserve"]);
    broken = false;
    expect(await runner.runDue()).toBe(0);
    expect(await retrySaga(bench.db, "o1", { clock: bench.clock })).toBe(true);
    await runner.runDue();
    expect(await status()).toMatchObject({ status: "compensated" });
    expect(await bench.effects()).toEqual([]);
    expect(await retrySaga(bench.db, "o1")).toBe(false);
    expect(await retrySaga(bench.db, "nobody")).toBe(false);
  });

  it("counts the pivot as passed from its commit on, whatever its step does afterwards", async () => {
    const saga = orderSaga(
      bench,
      {
        confirm: async (_, ordinary) => {
          await ordinary();
          throw new Declined("the answer to the commit was lost");
        },
      },
      { classify },
    );
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    expect(await status()).toMatchObject({ status: "completed" });
    expect(await bench.effects()).toEqual(complete("o1"));
  });

  it("stores state with each transaction and rolls both back together", async () => {
    const saga = orderSaga(
      bench,
      {
        reserve: async (context) => {
          await context.transaction(async () => void context.state.done.push("kept"));
          const failing = context.transaction(async (tx) => {
            context.state.done.push("lost");
            await sql`INSERT INTO effect (key, undone) VALUES ('lost', false)`.execute(tx);
            throw new Declined("no");
          });
          await failing;
        },
      },
      { classify },
    );
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    expect(await trail()).toEqual(["kept", "undo reserve"]);
    expect(await bench.effects()).toEqual([]);
  });

  it("does not let a transaction's second run see what the first did to the state", async () => {
    let runs = 0;
    const saga = orderSaga(bench, {
      reserve: (context) =>
        context.transaction(async (tx) => {
          runs += 1;
          context.state.done.push(`run ${runs}`);
          if (runs === 1)
            await sql`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`.execute(tx);
        }),
    });
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    expect(await trail()).toEqual(["run 2", "reserve", "authorise", "confirm", "ship"]);
  });

  it("gives up on a step that does not end in time, and refuses what it writes later", async () => {
    const late = Promise.withResolvers<Context>();
    const saga = orderSaga(bench, {
      reserve: async (context, ordinary) => {
        if (context.attempt > 1) return ordinary();
        late.resolve(context);
        await new Promise(() => undefined);
      },
    });
    await bench.enqueue(saga, "o1");
    const running = bench.runner([saga], { leaseMs: 100_000 }).runDue();
    const context = await late.promise;
    await bench.clock.advance(30_000);
    await running;
    expect(context.signal.aborted).toBe(true);
    expect(await status()).toMatchObject({
      status: "running",
      lastError: expect.stringContaining("did not end"),
    });
    await expect(context.transaction(async () => undefined)).rejects.toBeInstanceOf(SagaFencedError);
    await bench.clock.advance(30_000);
    await bench.runner([saga]).runDue();
    expect(await status()).toMatchObject({ status: "completed" });
  });

  it("is left alone by a runner that does not know it, and is stuck where its step is gone", async () => {
    const saga = orderSaga(bench);
    await bench.enqueue(saga, "o1");
    const other = defineSaga({
      name: "other",
      steps: [{ name: "a", kind: "compensable", run: async () => undefined }],
    });
    expect(await bench.runner([other]).runDue()).toBe(0);
    const renamed = { ...saga, steps: saga.steps.slice(1) };
    await bench.runner([renamed]).runDue();
    expect(await status()).toMatchObject({
      status: "stuck",
      lastError: expect.stringContaining('"reserve"'),
    });
    await retrySaga(bench.db, "o1", { clock: bench.clock });
    await bench.runner([saga]).runDue();
    expect(await status()).toMatchObject({ status: "completed" });
  });

  it("is forgotten after it has ended, not before", async () => {
    const saga = orderSaga(bench);
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    await bench.enqueue(saga, "o2");
    const before = new Date(bench.clock.nowMs() + 1);
    expect(await purgeSagas(bench.db, { before })).toBe(1);
    expect([await status("o1"), (await status("o2"))?.status]).toEqual([undefined, "running"]);
  });

  it("can be sure that its definition was checked", () => {
    const step = (name: string, kind: "compensable" | "pivot" | "forward") => ({
      name,
      kind,
      run: async () => undefined,
    });
    const define =
      (...steps: ReturnType<typeof step>[]) =>
      () =>
        defineSaga({ name: "s", steps });
    expect(define()).toThrow(/no steps/);
    expect(define(step("a", "compensable"), step("a", "pivot"))).toThrow(/same name/);
    expect(define(step("a", "pivot"), step("b", "compensable"))).toThrow(/order/);
    expect(define(step("a", "pivot"), step("b", "pivot"))).toThrow(/more than one pivot/);
    expect(define(step("a", "compensable"), step("b", "forward"))).toThrow(/need a pivot/);
  });
});
