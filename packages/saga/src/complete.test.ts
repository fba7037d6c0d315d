import { defineSaga, type Saga, SagaFencedError, sagaStatus } from "@charter/saga";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql, type Transaction } from "kysely";
import { type Bench, openBench } from "./testing/bench.js";
import type { Context, Trail } from "./testing/order-saga.js";

const leaseMs = 10_000;

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const status = async () => (await sagaStatus(bench.db, "o1"))?.status;
const hangs = () => new Promise<never>(() => undefined);
const refused = async () => {
  throw new Error("refused");
};

/** Fails where it runs a second time, for the key is there. */
const once =
  ({ key }: Context) =>
  async (tx: Transaction<unknown>) => {
    await sql`INSERT INTO effect (key, undone) VALUES (${key}, false)`.execute(tx);
  };

/** One step of each kind, each of which ends with its transaction. */
function sagaOf(works: Readonly<Record<string, (context: Context) => Promise<void>>> = {}): Saga<Trail> {
  const run = async (name: string, context: Context) => {
    context.state.done.push(name);
    await (works[name] ?? ((it: Context) => it.complete(once(it))))(context);
  };
  return defineSaga<Trail>({
    name: "order",
    steps: [
      {
        name: "reserve",
        kind: "compensable",
        run: (context) => run("reserve", context),
        compensate: ({ key, complete }) =>
          complete(async (tx) => {
            await sql`DELETE FROM effect WHERE key = ${key}`.execute(tx);
          }),
      },
      { name: "confirm", kind: "pivot", run: (context) => run("confirm", context) },
      { name: "ship", kind: "forward", run: (context) => run("ship", context) },
    ],
    classify: () => "fail",
  });
}

/** Has a first runner die where the promise says, and another take over once the lease has run out. */
async function takeOver(saga: Saga<Trail>, reached: Promise<unknown>): Promise<void> {
  const first = bench.runner([saga]);
  const dying = first.runDue();
  await reached;
  await first.stop({ graceMs: 0 });
  await dying;
  await bench.clock.advance(leaseMs);
  await bench.runner([saga]).runDue();
}

const all = ["o1:confirm", "o1:reserve", "o1:ship"];

describe("a transaction that ends its step", () => {
  it("lets the saga go on, with the state that the step has left", async () => {
    const saga = sagaOf();
    await bench.enqueue(saga, "o1");
    expect(await bench.runner([saga]).runDue()).toBe(1);
    expect([await status(), await bench.effects()]).toEqual(["completed", all]);
    const { rows } = await sql`SELECT state, pivoted, fence FROM charter_saga`.execute(bench.db);
    // One token for the claim, one for each step.
    expect(rows).toEqual([{ state: { done: ["reserve", "confirm", "ship"] }, pivoted: true, fence: 4n }]);
    expect(bench.logged).toEqual(["info: saga ended"]);
  });

  it.each(["reserve", "confirm", "ship"])(
    "is not run again where a process died right after that of %s",
    async (step) => {
      const reached = Promise.withResolvers<void>();
      const saga = sagaOf({
        [step]: async (context) => {
          await context.complete(once(context));
          reached.resolve();
          await hangs();
        },
      });
      await bench.enqueue(saga, "o1");
      await takeOver(saga, reached.promise);
      expect([await status(), await bench.effects()]).toEqual(["completed", all]);
    },
  );

  it.each(["reserve", "confirm", "ship"])(
    "counts as ended where the step of %s throws behind it",
    async (step) => {
      const saga = sagaOf({
        [step]: async (context) => {
          await context.complete(once(context));
          await refused();
        },
      });
      await bench.enqueue(saga, "o1");
      await bench.runner([saga]).runDue();
      await bench.clock.advance(leaseMs);
      await bench.runner([saga]).runDue();
      expect([await status(), await bench.effects()]).toEqual(["completed", all]);
    },
  );

  it("leaves nothing where it fails", async () => {
    const saga = sagaOf({
      confirm: (context) =>
        context.complete(async (tx) => {
          await once(context)(tx);
          await refused();
        }),
    });
    await bench.enqueue(saga, "o1");
    await bench.runner([saga]).runDue();
    expect([await status(), await bench.effects()]).toEqual(["compensated", []]);
  });

  it("is refused to one from whom the saga was taken", async () => {
    const reached = Promise.withResolvers<void>();
    const wakeUp = Promise.withResolvers<void>();
    const written = Promise.withResolvers<unknown>();
    let zombie = true;
    const saga = sagaOf({
      reserve: async (context) => {
        if (!zombie) return context.complete(once(context));
        zombie = false;
        reached.resolve();
        await wakeUp.promise;
        const writing = context.complete(async (tx) => {
          await sql`INSERT INTO effect (key, undone) VALUES ('zombie', false)`.execute(tx);
        });
        written.resolve(await writing.catch((error: unknown) => error));
      },
    });
    await bench.enqueue(saga, "o1");
    const suspended = bench.runner([saga], { clock: new ManualClock() }).runDue();
    await reached.promise;
    await bench.clock.advance(leaseMs);
    await bench.runner([saga]).runDue();
    wakeUp.resolve();
    expect(await written.promise).toBeInstanceOf(SagaFencedError);
    await suspended;
    expect([await status(), await bench.effects()]).toEqual(["completed", all]);
  });

  it("gives the saga back where the runner is stopping", async () => {
    const reached = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const saga = sagaOf({
      reserve: async (context) => {
        reached.resolve();
        await leave.promise;
        await context.complete(once(context));
      },
    });
    await bench.enqueue(saga, "o1");
    const first = bench.runner([saga]);
    const ended = first.runDue();
    await reached.promise;
    const stopped = first.stop();
    leave.resolve();
    await Promise.all([ended, stopped]);
    expect(await bench.effects()).toEqual(["o1:reserve"]);
    expect(await bench.runner([saga]).runDue()).toBe(1);
    expect(await status()).toBe("completed");
  });
});

describe("a first step that nobody runs", () => {
  const held = (confirm: (context: Context) => Promise<void>) =>
    defineSaga<Trail>({
      name: "order",
      steps: [
        { name: "hold", kind: "compensable", compensate: ({ key }) => bench.effect(key) },
        { name: "confirm", kind: "pivot", run: confirm },
      ],
      classify: () => "fail",
    });

  it("counts as done, and is compensated", async () => {
    const saga = held(refused);
    await bench.enqueue(saga, "o1");
    expect((await sagaStatus(bench.db, "o1"))?.step).toBe("confirm");
    await bench.runner([saga]).runDue();
    expect([await status(), await bench.effects()]).toEqual(["compensated", ["o1:hold"]]);
  });
});
