// A process that works on sagas until it is killed: `saga-worker.ts <database URL> <name of the effect to hang after>`. It prints "reached" when it
// hangs, with the effect done and nothing of it stored in the saga.
import { openDatabase } from "@charter/postgres";
import { createSagaRunner } from "@charter/saga";
import { callee, orderSaga } from "./order-saga.js";

const [url, hangAt] = process.argv.slice(2);
if (!url || !hangAt) throw new Error("usage: saga-worker.ts <database URL> <effect>");
const db = openDatabase<unknown>({ url, applicationName: "saga-worker" });
const ignore = () => undefined;
const saga = orderSaga(callee(db), {
  [hangAt]: async (_, ordinary) => {
    await ordinary();
    process.stdout.write("reached\n");
    await new Promise(ignore);
  },
});
const log = { info: ignore, warn: ignore, error: ignore };
createSagaRunner({ db, sagas: [saga], log, leaseMs: 1_000, pollMs: 50, concurrency: 4 }).start();
