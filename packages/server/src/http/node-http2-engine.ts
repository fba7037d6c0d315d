import { createServer, type Http2Session } from "node:http2";
import type { Logger } from "@charter/telemetry";
import { MAX_CONCURRENT_STREAMS, MAX_HEADER_BYTES, MAX_INVALID_FRAMES, SESSION_IDLE_MS } from "./bounds.js";
import type { Http2Engine } from "./http2-engine.js";
import type { RequestListener } from "./node-listener.js";

/** HTTP/2 by node:http2. */
export function createNodeHttp2Engine(listener: RequestListener, log: Logger): Http2Engine {
  const sessions = new Set<Http2Session>();
  const server = createServer({
    maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
  });
  server.on("request", listener);
  server.on("session", (session) => {
    sessions.add(session);
    session.setTimeout(SESSION_IDLE_MS, () => session.close());
    session.once("close", () => sessions.delete(session));
  });
  server.on("sessionError", (error) => log.debug({ err: error }, "HTTP/2 connection broke"));
  return {
    accept: (socket) => server.emit("connection", socket),
    goAway() {
      for (const session of sessions) session.close();
    },
  };
}
