import { setTimeout as sleep } from "node:timers/promises";
import { treeCpuMicros } from "../lib/cores.mjs";
import { createRandom, untilNextMs } from "../lib/random.mjs";
import { median, quantile } from "../lib/statistics.mjs";
import { startShop } from "../load/shop.mjs";
import { openShoppers } from "../load/shoppers.mjs";

const LANES = 32;
/** No order begins later in a phase; on a fast machine all have begun before. */
const PHASE_MS = 10_000;
const LEAST_PER_SECOND = 100;
const MOST_P99_MS = 500;
const SEED = 20_241_129;

export const checkout = {
  name: "checkout",
  title: "Checkout: the whole saga over four processes",
  about:
    "From PlaceOrder until the order is CONFIRMED: stock, discount, slot and payment over the four services, one PostgreSQL with fsync on, and the load, " +
    `all on the machine's cores. Carts are filled and quoted before. Closed loop with ${LANES} at once for the peak; then, at half of it, orders ` +
    "that do not wait for each other, timed from when they were due.",
  needs: [],
  measures: [
    { key: "perSecond", label: "checkouts/s, closed loop", digits: 0 },
    { key: "cpuMs", label: "CPU ms a checkout, services and PostgreSQL", digits: 1 },
    { key: "offered", label: "offered at half of that, checkouts/s", digits: 0 },
    { key: "p50Ms", label: "p50 of these, ms", digits: 0 },
    { key: "p99Ms", label: "p99 of these, ms", digits: 0 },
  ],
  contenders: [{ name: "charter", label: "Charter's shop", needs: [] }],
  open: openCheckout,
  measure: (_contender, _settings, shop) => shop.measure(),
  bars: (results) => [
    { label: "target", value: LEAST_PER_SECOND, text: `${LEAST_PER_SECOND} checkouts/s`, ours: false },
    {
      label: "Charter's shop",
      value: results.median("charter", "perSecond"),
      text: `${Math.round(results.median("charter", "perSecond"))} checkouts/s`,
      ours: true,
    },
  ],
  targets: [
    {
      says: () => `≥ ${LEAST_PER_SECOND} checkouts a second`,
      value: (results) => results.median("charter", "perSecond"),
      shows: (value) => `${value.toFixed(0)} a second`,
      least: LEAST_PER_SECOND,
    },
    {
      says: () => `p99 < ${MOST_P99_MS} ms at half of that`,
      value: (results) => results.median("charter", "p99Ms"),
      shows: (value) => `${value.toFixed(0)} ms`,
      most: MOST_P99_MS,
    },
  ],
};

async function openCheckout() {
  const shop = await startShop();
  try {
    const shoppers = await openShoppers(shop.stack);
    let round = 0;
    const random = createRandom(SEED);
    const next = () => {
      round += 1;
      return shoppers.prepare(round);
    };
    await closedLoop(await next());
    return {
      async measure() {
        const orders = await next();
        const cpuBefore = await treeCpuMicros(shop.stack.pid);
        const { done, perSecond } = await closedLoop(orders);
        const cpuMs = ((await treeCpuMicros(shop.stack.pid)) - cpuBefore) / 1_000 / done;
        const offered = perSecond / 2;
        const took = await openLoop(await next(), offered, random);
        return { perSecond, cpuMs, offered, p50Ms: median(took), p99Ms: quantile(took, 0.99) };
      },
      async close() {
        shoppers.close();
        await shop.stop();
      },
    };
  } catch (error) {
    await shop.stop();
    throw error;
  }
}

/** How many were done, and how many a second, of LANES shoppers at a time, the next one when one is done. */
async function closedLoop(orders) {
  const startMs = performance.now();
  const waiting = orders.values();
  let done = 0;
  const lane = async () => {
    for (const order of waiting) {
      await order();
      done += 1;
      if (performance.now() - startMs > PHASE_MS) return;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { done, perSecond: (done * 1_000) / (performance.now() - startMs) };
}

/** How long each took, in milliseconds, from when it was due: at random moments (a Poisson process), `perSecond` on average. */
async function openLoop(orders, perSecond, random) {
  const startMs = performance.now();
  let dueMs = startMs;
  const pending = [];
  for (const order of orders) {
    dueMs += untilNextMs(perSecond, random);
    if (dueMs - startMs > PHASE_MS) break;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const checkedOut = tookFrom(dueMs, order);
    // Thrown below, once all have begun.
    checkedOut.catch(() => {});
    pending.push(checkedOut);
  }
  return Promise.all(pending);
}

async function tookFrom(dueMs, order) {
  await order();
  return performance.now() - dueMs;
}
