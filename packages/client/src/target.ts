import type { Resolver } from "./resolver/resolver.js";

/** Where a service is and what it is called. */
export interface Target {
  /**
   * Its endpoints: an origin ("http://127.0.0.1:8082"), "static:host:port,host:port", "dns:///name:port" (looked up again every 30 s), or
   * a list that changes (`updatable([…])`).
   */
  readonly url: string | Resolver;
  /** Name of the service: the audience of identity tokens, and its name in errors. */
  readonly audience: string;
}

/** How messages are framed. */
export type Protocol = "grpc" | "connect";
