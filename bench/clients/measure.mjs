import { orderTotal } from "../work/desk.mjs";

const IN_FLIGHT = 64;

/**
 * Calls over and over with so many calls in flight, and prints calls per second and this process' CPU time per call. The command line ends
 * with the port, the seconds of warm-up and of measurement.
 */
export async function measure(connect) {
  const [port, warmUpSeconds, seconds] = process.argv.slice(-3).map(Number);
  const call = await connect(port);
  await callFor(warmUpSeconds * 1_000, call);
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const calls = await callFor(seconds * 1_000, call);
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const sample = { callsPerSecond: (calls * 1_000) / tookMs, cpuMicros: (user + system) / calls };
  process.stdout.write(`${JSON.stringify(sample)}\n`, () => process.exit(0));
}

async function callFor(ms, call) {
  const endMs = performance.now() + ms;
  let calls = 0;
  const lane = async () => {
    while (performance.now() < endMs) {
      const { totalMinor, pieces } = await call();
      if (totalMinor !== orderTotal.totalMinor || pieces !== orderTotal.pieces)
        throw new Error("a wrong answer");
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return calls;
}
