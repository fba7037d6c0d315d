import { servers } from "../lib/contenders.mjs";
import { LOAD_CORE } from "../lib/cores.mjs";
import { node, output } from "../lib/process.mjs";
import { serve } from "../lib/serve.mjs";

const LEAST_GOODPUT = 0.9;
const MOST_TAIL = 3;
const FACTORS = [2, 5, 10];

const { overloaded } = servers;

export const overload = {
  name: "overload",
  title: "Overload: many times the capacity",
  about:
    "1 ms of work a call. The peak is that of a closed loop; then calls come at random moments, not waiting for answers, timed from when " +
    "they were due. One call in twenty is critical, six are sheddable. Refusals are what is wanted here and are no goodput; unloaded is 0.3 of the peak.",
  needs: [],
  measures: [
    { key: "peak", label: "peak, calls/s", digits: 0 },
    { key: "calmP99", label: "p99 unloaded, ms", digits: 1 },
    ...FACTORS.flatMap((factor) => [
      { key: `goodput${factor}`, label: `at ${factor} ×: goodput ÷ peak`, digits: 2 },
      { key: `tail${factor}`, label: `at ${factor} ×: admitted p99 ÷ unloaded`, digits: 1 },
      { key: `critical${factor}`, label: `at ${factor} ×: critical calls served, %`, digits: 1 },
      { key: `failed${factor}`, label: `at ${factor} ×: neither served nor refused, %`, digits: 1 },
    ]),
    { key: "recoveryMs", label: "back to normal at half the peak after, ms", digits: 0 },
  ],
  contenders: [overloaded],
  measure: measureOverload,
  bars: (results) => [
    {
      label: "peak",
      value: 1,
      text: `${Math.round(results.median("charter", "peak"))} calls/s`,
      ours: false,
    },
    ...FACTORS.map((factor) => {
      const value = results.median("charter", `goodput${factor}`);
      const tail = results.median("charter", `tail${factor}`).toFixed(1);
      return {
        label: `goodput at ${factor} ×`,
        value,
        text: `${value.toFixed(2)}, p99 ${tail} ×`,
        ours: true,
      };
    }),
  ],
  targets: FACTORS.flatMap((factor) => [goodputTarget(factor), tailTarget(factor)]),
};

function goodputTarget(factor) {
  return {
    says: () => `at ${factor} × the capacity: goodput ≥ ${LEAST_GOODPUT} × peak`,
    value: (results) => results.median("charter", `goodput${factor}`),
    shows: (value) => `${value.toFixed(2)} ×`,
    least: LEAST_GOODPUT,
  };
}

function tailTarget(factor) {
  return {
    says: () => `at ${factor} × the capacity: admitted p99 ≤ ${MOST_TAIL} × unloaded`,
    value: (results) => results.median("charter", `tail${factor}`),
    shows: (value) => `${value.toFixed(1)} ×`,
    most: MOST_TAIL,
  };
}

async function measureOverload(contender, { seconds, profile }) {
  const server = await serve(contender, profile);
  try {
    const load = node("load/overload.mjs", [server.port, seconds].map(String));
    return JSON.parse(await output(load, LOAD_CORE));
  } finally {
    await server.stop();
  }
}
