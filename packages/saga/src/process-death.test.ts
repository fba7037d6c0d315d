import { sagaStatus } from "@charter/saga";
import { spawnSource } from "@charter/testing";
import { systemClock } from "@charter/time";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sql } from "kysely";
import { type Bench, eventually, openBench } from "./testing/bench.js";
import { complete, orderSaga } from "./testing/order-saga.js";

describe("a process that is killed", () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await openBench({ clock: systemClock });
  });

  afterEach(() => bench.close());

  it.each(["reserve", "confirm", "ship"])(
    "right after the effect of %s leaves its sagas to another, which ends them with every effect exactly once",
    async (step) => {
      const worker = spawnSource(new URL("./testing/saga-worker.ts", import.meta.url), {
        args: [bench.url, step],
      });
      const saga = orderSaga(bench);
      const ids = ["o1", "o2", "o3", "o4", "o5", "o6"];
      await bench.enqueue(saga, ...ids);
      await worker.line(/^reached$/);
      await worker.kill();
      const runner = bench.runner([saga], { clock: systemClock, leaseMs: 1_000, pollMs: 50 });
      runner.start();
      await eventually(async () => {
        const states = await Promise.all(ids.map(async (id) => (await sagaStatus(bench.db, id))?.status));
        return states.every((status) => status === "completed");
      });
      await runner.stop();
      expect(await bench.effects()).toEqual(ids.flatMap(complete).toSorted());
      const { rows } = await sql`SELECT count(*)::int AS undone FROM effect WHERE undone`.execute(bench.db);
      expect(rows).toEqual([{ undone: 0 }]);
    },
  );
});
