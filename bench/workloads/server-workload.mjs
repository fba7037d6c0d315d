// What the workloads of servers have in common.

import { assertNoneRefused, serve } from "../lib/serve.mjs";
import { loadGrpc } from "../load/h2load.mjs";
import { probeGrpc } from "../load/probe.mjs";

export const CALLS_PER_SECOND = { key: "callsPerSecond", label: "calls/s", digits: 0 };
export const CPU_MICROS = { key: "cpuMicros", label: "CPU µs a call", digits: 1 };

/** Starts a contender, has it answer, loads it, and stops it. */
export async function measureServer(contender, settings, { probe, load }) {
  const server = await serve(contender, settings.profile);
  try {
    await probe(server);
    const sample = await load(server);
    await assertNoneRefused(server);
    return sample;
  } finally {
    await server.stop();
  }
}

/** Measures a contender under one gRPC call. */
export const measureGrpc = (call) => (contender, settings) =>
  measureServer(contender, settings, {
    probe: (server) => probeGrpc(server, call),
    load: (server) => loadGrpc(server, call, settings),
  });
