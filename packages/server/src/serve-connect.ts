import type { Logger } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { type ConnectRouter, createConnectRouter } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type { Listening, Server } from "./create-server.js";
import { drainServer } from "./drain-server.js";
import { ChassisError, chassisError } from "./errors/chassis-error.js";
import { type Exchange, type HttpAnswer, jsonAnswer, type Serving } from "./http/exchange.js";
import { http2EngineOn, type Wire } from "./http/http2-engine-on.js";
import { createNodeListener } from "./http/node-listener.js";
import { createOnePort } from "./http/one-port.js";
import type { TlsOptions } from "./http/tls-options.js";
import { urlOf } from "./http/url-of.js";
import { createWireListener } from "./http/wire-listener.js";
import { Lifecycle } from "./lifecycle.js";

/** Of one message that is read, where no router says otherwise: what gRPC implementations take. */
const READ_MAX_BYTES = 4_194_304;

/** How `serveConnect` serves. */
export interface ServeConnectOptions {
  readonly log: Logger;
  /** What speaks HTTP/2. Default: "charter". */
  readonly wire?: Wire;
  /** Speaks TLS. Default: clear text. */
  readonly tls?: TlsOptions;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** A served router. */
export interface ConnectServer extends Pick<Server, "renewTls" | "drain"> {
  /** Starts to serve. Port 0 takes any free port. @throws PortTakenError when another process has it */
  listen(address: { host: string; port: number }): Promise<Pick<Listening, "url" | "port">>;
}

/**
 * Serves a router of Connect-ES as it is, without a policy: Connect, gRPC and gRPC-Web on one port over HTTP/1.1 and HTTP/2. The port is
 * bounded as that of `createServer`; who may call, what a call may cost and how long it may take is the router's business. Given a function instead of a
 * router, the router that it fills reads messages of at most 4 MiB and takes gzip and br.
 *
 * @throws Error when the TLS keys cannot be used
 */
export function serveConnect(
  routes: ConnectRouter | ((router: ConnectRouter) => unknown),
  { log, wire = "charter", tls, clock = systemClock }: ServeConnectOptions,
): ConnectServer {
  const { handlers } = typeof routes === "function" ? routerOf(routes) : routes;
  const byPath = new Map(handlers.map((handler) => [handler.requestPath, handler]));
  const lifecycle = new Lifecycle();
  const answer = async (exchange: Exchange) => {
    const handler = byPath.get(exchange.path);
    if (!handler) return jsonAnswer(404, { code: "unimplemented" });
    return call(handler, exchange, lifecycle, tls !== undefined);
  };
  const serving: Serving = { answer, lifecycle, log, clock, trustedProxies: 0 };
  const listeners = { node: createNodeListener(serving), charter: createWireListener(serving) };
  const http2 = http2EngineOn(wire, listeners, { log, clock });
  const port = createOnePort({ http1: listeners.node, http2 }, log, clock, tls);
  let drained: Promise<void> | undefined;
  return {
    async listen({ host, port: wanted }) {
      const bound = await port.listen({ host, port: wanted });
      return { url: urlOf({ host, port: bound.port }, tls !== undefined), port: bound.port };
    },
    renewTls: port.renewTls,
    drain({ graceMs }) {
      drained ??= drainServer({ lifecycle, port, clock, log, graceMs });
      return drained;
    },
  };
}

function routerOf(routes: (router: ConnectRouter) => unknown): ConnectRouter {
  const router = createConnectRouter({
    readMaxBytes: READ_MAX_BYTES,
    acceptCompression: [compressionGzip, compressionBrotli],
  });
  routes(router);
  return router;
}

async function call(
  handler: UniversalHandler,
  exchange: Exchange,
  lifecycle: Lifecycle,
  isTls: boolean,
): Promise<HttpAnswer> {
  const controller = new AbortController();
  const inFlight = { method: handler.method, abort: (reason: Error) => controller.abort(reason) };
  const begun = lifecycle.begin(inFlight);
  exchange.closed.then((complete) => {
    lifecycle.end(begun);
    if (!complete) inFlight.abort(chassisError(ChassisError.CALLER_GONE));
  });
  const { httpVersion, method, header, body } = exchange;
  const url = urlOfExchange(exchange, isTls);
  const answer = await handler({ httpVersion, method, header, body, url, signal: controller.signal });
  return {
    status: answer.status,
    header: answer.header ?? new Headers(),
    ...(answer.body && { body: answer.body }),
    ...(answer.trailer && { trailer: () => answer.trailer ?? new Headers() }),
  };
}

function urlOfExchange({ authority, path, query }: Exchange, isTls: boolean): string {
  const search = query.size > 0 ? `?${query}` : "";
  return `${isTls ? "https" : "http"}://${authority}${path}${search}`;
}
