import { inTransaction } from "@charter/postgres";
import { enqueueSaga, type StepRun } from "@charter/saga";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Bench, openBench } from "./testing/bench.js";
import { orderSaga } from "./testing/order-saga.js";

describe("what is put around steps", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });
  afterEach(() => bench.close());

  async function run(trace: string | undefined, works: Parameters<typeof orderSaga>[1] = {}) {
    const runs: StepRun[] = [];
    const saga = orderSaga(bench, works, { classify: () => "fail" });
    await inTransaction(bench.db, (tx) =>
      enqueueSaga(tx, saga, { id: "o1", state: { done: [] }, trace, clock: bench.clock }),
    );
    const around = (step: StepRun, work: () => Promise<void>) => {
      runs.push(step);
      return work();
    };
    await bench.runner([saga], { around }).runDue();
    return runs;
  }

  it("sees each step with what the saga was begun with", async () => {
    const runs = await run("00-trace-01");
    expect(runs.map(({ step }) => step)).toEqual(["reserve", "authorise", "confirm", "ship"]);
    const first = { saga: "order", sagaId: "o1", direction: "forward", attempt: 1, trace: "00-trace-01" };
    expect(runs[0]).toEqual({ ...first, step: "reserve" });
  });

  it("sees compensations as such", async () => {
    const runs = await run(undefined, { authorise: () => Promise.reject(new Error("declined")) });
    expect(runs.map(({ step, direction }) => `${direction} ${step}`)).toEqual([
      "forward reserve",
      "forward authorise",
      "backward authorise",
      "backward reserve",
    ]);
    expect(runs[0]?.trace).toBeUndefined();
  });

  it("fails the step when it throws", async () => {
    const saga = orderSaga(bench, {}, { classify: () => "fail" });
    await bench.enqueue(saga, "o1");
    const around = () => Promise.reject(new Error("around"));
    await bench.runner([saga], { around }).runDue();
    expect(await bench.effects()).toEqual([]);
  });
});
