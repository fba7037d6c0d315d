import type { RequestHandler } from "@charter/wire";
import type { Http2Engine } from "./http2-engine.js";
import { createNodeHttp2Engine } from "./node-http2-engine.js";
import type { RequestListener } from "./node-listener.js";
import { createWireHttp2Engine, type WireEngineOptions } from "./wire-http2-engine.js";

/** What can speak HTTP/2: "charter", the wire written for this chassis, or "node", node:http2. */
export type Wire = "charter" | "node";

/** What serves requests, on either wire. */
export interface Listeners {
  readonly node: RequestListener;
  readonly charter: RequestHandler;
}

/** The HTTP/2 of a wire. */
export function http2EngineOn(wire: Wire, listeners: Listeners, options: WireEngineOptions): Http2Engine {
  return wire === "charter"
    ? createWireHttp2Engine(listeners.charter, options)
    : createNodeHttp2Engine(listeners.node, options.log);
}
