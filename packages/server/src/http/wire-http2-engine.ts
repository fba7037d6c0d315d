import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import { type RequestHandler, WireServer } from "@charter/wire";
import {
  MAX_CONCURRENT_STREAMS,
  MAX_CONNECTIONS,
  MAX_HEADER_BYTES,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_BYTES_OF_CONNECTION,
  SESSION_IDLE_MS,
  WRITE_STALL_MS,
} from "./bounds.js";
import type { Http2Engine } from "./http2-engine.js";

export interface WireEngineOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** As that of createServer. */
  readonly offenderWaitMs?: number | undefined;
}

/** HTTP/2 by @charter/wire. */
export function createWireHttp2Engine(
  onRequest: RequestHandler,
  { log, clock, offenderWaitMs }: WireEngineOptions,
): Http2Engine {
  const create = () =>
    new WireServer({
      onRequest,
      clock,
      maxConnections: MAX_CONNECTIONS,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      ...(offenderWaitMs !== undefined && { offenderWaitMs }),
      limits: {
        maxConcurrentStreams: MAX_CONCURRENT_STREAMS,
        // Between one and two times the bound a request is answered with 431; the wire only resets its stream.
        maxHeaderListSize: 2 * MAX_HEADER_BYTES,
        maxQueuedBytes: MAX_QUEUED_BYTES_OF_CONNECTION,
        idleTimeoutMs: SESSION_IDLE_MS,
        stalledTimeoutMs: WRITE_STALL_MS,
      },
      onConnectionOver: (error) => error && log.debug({ err: error }, "HTTP/2 connection broke"),
    });
  let wire = create();
  return {
    accept: (socket) => wire.accept(socket),
    goAway() {
      // Connections that still come, to ask for the server's health, are served by another until the port closes.
      const leaving = wire;
      wire = create();
      void leaving.drain();
    },
  };
}
