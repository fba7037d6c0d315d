import type { Logger } from "@charter/telemetry";
import { type Clock, sleep } from "@charter/time";
import { ChassisError, chassisError } from "./errors/chassis-error.js";
import type { OnePort } from "./http/one-port.js";
import type { InFlight, Lifecycle } from "./lifecycle.js";

/** How long streams of responses may go on before they are ended, at most: their callers open them anew elsewhere. */
const STREAM_GRACE_MS = 2_000;
/** How long aborted calls get to tell their callers. */
const SETTLE_MS = 500;
const RETRY_AFTER_MS = 1_000;

/** What a drain acts upon. */
export interface DrainOptions {
  readonly lifecycle: Lifecycle;
  readonly port: OnePort;
  readonly clock: Clock;
  readonly log: Logger;
  readonly graceMs: number;
}

/** Health first, then no new calls, then GOAWAY, then the calls in flight, then the port. */
export async function drainServer({ lifecycle, port, clock, log, graceMs }: DrainOptions): Promise<void> {
  log.info({ graceMs }, "draining");
  lifecycle.startDraining();
  port.goAway();
  await finish({ lifecycle, port, clock, log, graceMs });
  await port.close();
  log.info("drained");
}

async function finish({ lifecycle, clock, log, graceMs }: DrainOptions): Promise<void> {
  const streamGraceMs = Math.min(STREAM_GRACE_MS, graceMs);
  if (await within(clock, streamGraceMs, lifecycle.idle(anyCall))) return;
  lifecycle.abort(ending(), streamsResponses);
  if (await within(clock, graceMs - streamGraceMs, lifecycle.idle(anyCall))) return;
  log.warn("the grace is over; calls in flight are aborted");
  lifecycle.abort(ending(), anyCall);
  await within(clock, SETTLE_MS, lifecycle.idle(anyCall));
}

const anyCall = () => true;

const streamsResponses = ({ method }: InFlight) =>
  method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming";

function ending(): Error {
  return chassisError(ChassisError.DRAINING, { retryAfterMs: RETRY_AFTER_MS });
}

/** Whether `work` ends within `ms`. */
async function within(clock: Clock, ms: number, work: Promise<void>): Promise<boolean> {
  const over = new AbortController();
  const tooLong = sleep(clock, ms, over.signal).then(
    () => false,
    () => true,
  );
  const inTime = await Promise.race([work.then(() => true), tooLong]);
  over.abort();
  return inTime;
}
