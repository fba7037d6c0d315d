// Load that does not wait for answers: calls begin when they are due, and latency counts from then.
import { untilNextMs } from "../lib/random.mjs";
import { openConnection } from "./raw-connection.mjs";

const CONNECTIONS = 32;
/** Fewer than a server allows on one connection; what finds none free counts as failed. */
const MAX_OPEN = 100;
const TICK_MS = 1;
const TIMEOUT_MS = 2_000;
const ECHO = "/charter.testing.v1.ShelfService/Echo";
/** An EchoRequest with a short text. */
const MESSAGE = Buffer.concat([Buffer.from([10, 5]), Buffer.from("shelf")]);
/** Of twenty calls one is critical, so that even ten times the capacity could be served of these; six are sheddable. */
const MIX = Array.from({ length: 20 }, (_, index) => criticalityAt(index));

/** Connections to the server under load. */
export async function openTarget(port) {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => openConnection(port, ECHO, MESSAGE)),
  );
  let turn = 0;
  return {
    call(criticality, ended) {
      turn += 1;
      const connection = connections[turn % CONNECTIONS];
      if (connection.open < MAX_OPEN) connection.call(criticality, ended);
      else ended("failed");
    },
    close() {
      for (const connection of connections) connection.close();
    },
  };
}

/** Calls from `lanes` callers, each of which waits for its answer. */
export async function closedLoop(target, lanes, ms) {
  const calls = [];
  const startMs = performance.now();
  const lane = async () => {
    while (performance.now() - startMs < ms) {
      const atMs = performance.now();
      const outcome = await new Promise((resolve) => target.call("critical", resolve));
      calls.push({
        atMs: atMs - startMs,
        tookMs: performance.now() - atMs,
        outcome,
        criticality: "critical",
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return calls;
}

/** Calls at random moments (a Poisson process), `perSecond` on average. What has no answer 2 s after the end has failed. */
export async function openLoop(target, perSecond, ms, random) {
  const calls = [];
  const startMs = performance.now();
  const now = () => performance.now() - startMs;
  let dueMs = 0;
  let ended = 0;
  const begin = (atMs) => {
    const call = { atMs, tookMs: Number.NaN, outcome: "failed", criticality: MIX[calls.length % MIX.length] };
    calls.push(call);
    target.call(call.criticality, (outcome) => {
      call.outcome = outcome;
      call.tookMs = now() - atMs;
      ended += 1;
    });
  };
  while (dueMs < ms) {
    while (dueMs < ms && dueMs <= now()) {
      begin(dueMs);
      dueMs += untilNextMs(perSecond, random);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  const lastMs = now() + TIMEOUT_MS;
  while (ended < calls.length && now() < lastMs) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  return calls;
}

function criticalityAt(index) {
  if (index === 0) return "critical";
  return index % 3 === 0 ? "sheddable" : "default";
}
