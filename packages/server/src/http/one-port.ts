import {
  createServer as createHttp1,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import type { Logger } from "@charter/telemetry";
import type { Clock } from "@charter/time";
import {
  FLUSH_MS,
  HEADERS_MS,
  KEEP_ALIVE_MS,
  MAX_CONNECTIONS,
  MAX_HEADER_BYTES,
  MAX_REQUESTS_PER_SOCKET,
} from "./bounds.js";
import { createClearTextEntrance } from "./clear-text-entrance.js";
import type { Entrance, OnConnection } from "./entrance.js";
import type { Http2Engine } from "./http2-engine.js";
import { PortTakenError } from "./port-taken-error.js";
import { createTlsEntrance } from "./tls-entrance.js";
import type { TlsOptions } from "./tls-options.js";

/** One port that speaks HTTP/1.1 and HTTP/2: in clear text told apart by the first bytes of each connection, over TLS by ALPN. */
export interface OnePort {
  /** @throws PortTakenError */
  listen(address: { host: string; port: number }): Promise<AddressInfo>;
  /** As that of the entrance. */
  readonly renewTls: Entrance["renewTls"];
  /** Tells every HTTP/2 connection to open no more streams, and drops HTTP/1.1 connections that wait for a next request. */
  goAway(): void;
  /** Connections that are open now. */
  readonly connections: number;
  /** Takes no more connections, lets those that are left send what they have been given, and drops them. */
  close(): Promise<void>;
}

/** Serves one request of node:http. Never throws and never rejects. */
export type Http1Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** What the two versions of HTTP on a port are served by. */
export interface Served {
  readonly http1: Http1Listener;
  readonly http2: Http2Engine;
}

/** @param tls Default: clear text. @throws Error when its keys cannot be used */
export function createOnePort(served: Served, log: Logger, clock: Clock, tls?: TlsOptions): OnePort {
  const sockets = new Set<Socket>();
  const { http2 } = served;
  const http1 = createHttp1Server(served.http1, log);
  const onConnection: OnConnection = (socket, version) => {
    if (version === "2") http2.accept(socket);
    else http1.emit("connection", socket);
  };
  const { server, renewTls } = tls
    ? createTlsEntrance(tls, onConnection, log)
    : createClearTextEntrance(onConnection, clock);
  server.maxConnections = MAX_CONNECTIONS;
  // Before whoever else listens, so that no connection can break unheard.
  server.prependListener("connection", (socket) => {
    track(sockets, socket);
    socket.on("error", (error) => log.debug({ err: error }, "connection broke"));
  });
  const goAway = () => {
    http2.goAway();
    http1.closeIdleConnections();
  };
  return {
    listen: (address) => listenOn(server, http1, address),
    renewTls,
    goAway,
    get connections() {
      return sockets.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      goAway();
      const timer = clock.setTimer(() => destroyAll(sockets), FLUSH_MS);
      await closed;
      timer.clear();
      http1.close();
    },
  };
}

function listenOn(
  server: NetServer,
  http1: HttpServer,
  { host, port }: { host: string; port: number },
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(isPortTaken(error) ? new PortTakenError(port, error) : error));
    server.listen(port, host, () => {
      // The HTTP/1.1 server never listens itself; this starts its watch over connections that are slow or idle.
      http1.emit("listening");
      resolve(server.address() as AddressInfo);
    });
  });
}

function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.destroy();
}

/** The first word is no method: what speaks no HTTP at all gets no answer in it. RFC 9113, section 3.4, asks that of a damaged preface. */
const NOT_HTTP = "HPE_INVALID_METHOD";

/** What node:http's own refusals answer; all others are 400. */
const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

function createHttp1Server(listener: Http1Listener, log: Logger) {
  const server = createHttp1({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    connectionsCheckingInterval: HEADERS_MS / 2,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Bodies are bounded by each method's own deadline and stream limits.
    requestTimeout: 0,
    requireHostHeader: false,
  });
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.on("request", listener);
  server.on("upgrade", (_, socket) => socket.destroy());
  server.on("connect", (_, socket) => socket.destroy());
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    log.debug({ err: error }, "malformed request");
    const status = CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request";
    if (socket.writable && error.code !== NOT_HTTP)
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    else socket.destroy();
  });
  return server;
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}

function isPortTaken(error: Error): boolean {
  return "code" in error && error.code === "EADDRINUSE";
}
