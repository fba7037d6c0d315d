import http2, { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from "node:http2";
import type { PayloadPolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { MAX_ENDPOINTS } from "../resolver/resolver.js";
import type { AttemptTrace, Connect, Connection, ConnectionEvents, ConnectionState } from "./connection.js";
import { Keepalive, type KeepaliveTiming } from "./keepalive.js";

/** Before the peer says how many streams it allows. */
const ASSUMED_STREAMS = 100;
/** Bounds an attempt to connect, the peer's first SETTINGS included: gRPC's MIN_CONNECT_TIMEOUT. */
const CONNECT_TIMEOUT_MS = 20_000;
const TOO_MANY_PINGS = "too_many_pings";

export interface NodeHttp2Options {
  readonly protocol: "grpc" | "connect";
  readonly clock: Clock;
  readonly keepalive: KeepaliveTiming;
}

/** Connections of node:http2 under Connect's transports. Nothing else in this package knows of either. */
export function nodeHttp2(options: NodeHttp2Options): Connect {
  // As gRFC A8 has it, a peer that calls it too many pings is pinged half as often.
  const patience = new Map<string, number>();
  return (origin, events) => {
    const { pingAfterMs, pingTimeoutMs } = options.keepalive;
    const factor = patience.get(origin) ?? 1;
    const keepalive = { pingAfterMs: pingAfterMs * factor, pingTimeoutMs };
    return new NodeConnection(origin, events, { ...options, keepalive }, () => {
      if (patience.size < MAX_ENDPOINTS) patience.set(origin, factor * 2);
    });
  };
}

class NodeConnection implements Connection {
  readonly #origin: string;
  readonly #events: ConnectionEvents;
  readonly #protocol: "grpc" | "connect";
  readonly #session: ClientHttp2Session;
  readonly #keepalive: Keepalive;
  #state: ConnectionState = "connecting";
  #streams = 0;
  #foreground = 0;
  #error: unknown;

  constructor(
    origin: string,
    events: ConnectionEvents,
    options: NodeHttp2Options,
    onTooManyPings: () => void,
  ) {
    this.#origin = origin;
    this.#events = events;
    this.#protocol = options.protocol;
    const session = http2.connect(origin);
    // Calls keep the process alive, not the connection.
    session.unref();
    this.#session = session;
    this.#keepalive = new Keepalive(options.clock, options.keepalive, {
      busy: () => this.#foreground > 0,
      bytesRead: () => (session.destroyed ? 0 : (session.socket?.bytesRead ?? 0)),
      ping: (acknowledged) => {
        if (!session.destroyed) session.ping((error) => error ?? acknowledged());
      },
      onDead: () => this.destroy(new Error("the connection answers no ping")),
    });
    const timer = options.clock.setTimer(() => this.destroy(connectTimeout()), CONNECT_TIMEOUT_MS);
    session.once("remoteSettings", () => {
      timer.clear();
      this.#becomeReady();
    });
    session.on("error", (error) => {
      this.#error ??= error;
    });
    session.once("goaway", (code, _lastStream, data) => {
      if (code === http2.constants.NGHTTP2_ENHANCE_YOUR_CALM && String(data) === TOO_MANY_PINGS)
        onTooManyPings();
      this.#becomeDraining();
    });
    session.once("close", () => {
      timer.clear();
      this.#becomeClosed();
    });
  }

  get state(): ConnectionState {
    // Node knows before it says so, and then refuses streams.
    return this.#state === "ready" && (this.#session.closed || this.#session.destroyed)
      ? "draining"
      : this.#state;
  }

  get streams(): number {
    return this.#streams;
  }

  get maxStreams(): number {
    return this.#session.remoteSettings?.maxConcurrentStreams ?? ASSUMED_STREAMS;
  }

  transport(payload: PayloadPolicy, trace: AttemptTrace, background = false): Transport {
    const options = {
      baseUrl: this.#origin,
      httpVersion: "2" as const,
      writeMaxBytes: payload.maxRequestBytes,
      readMaxBytes: payload.maxResponseBytes,
      sessionManager: {
        authority: this.#origin,
        request: async (method: string, path: string, headers: OutgoingHttpHeaders) =>
          this.#open({ ...headers, ":method": method, ":path": path }, trace, background),
        notifyResponseByteRead: () => {},
      },
    };
    return this.#protocol === "grpc" ? createGrpcTransport(options) : createConnectTransport(options);
  }

  drain(): void {
    this.#becomeDraining();
    if (!this.#session.destroyed) this.#session.close();
  }

  destroy(reason: Error): void {
    this.#error ??= reason;
    // Without an error, Node would end the streams as if all had gone well.
    const error = new ConnectError(reason.message, Code.Aborted, undefined, undefined, reason);
    this.#session.destroy(error, http2.constants.NGHTTP2_CANCEL);
  }

  #open(headers: OutgoingHttpHeaders, trace: AttemptTrace, background: boolean): ClientHttp2Stream {
    const stream = this.#request(headers);
    trace.opened = true;
    trace.refused = () => stream.rstCode === http2.constants.NGHTTP2_REFUSED_STREAM;
    this.#streams += 1;
    if (!background) this.#countForeground(1);
    stream.once("close", () => {
      this.#streams -= 1;
      if (!background) this.#countForeground(-1);
      trace.onClosed?.();
      this.#events.onStreamClosed();
    });
    return stream;
  }

  /** Node refuses by many codes; all say that the connection takes no more. */
  #request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    try {
      return this.#session.request(headers);
    } catch (cause) {
      throw new ConnectError("the connection takes no more calls", Code.Aborted, undefined, undefined, cause);
    }
  }

  #countForeground(change: 1 | -1): void {
    this.#foreground += change;
    if (this.#session.destroyed) return;
    if (this.#foreground === 0) this.#session.unref();
    if (change < 0 || this.#foreground > 1) return;
    this.#session.ref();
    if (this.state === "ready") this.#keepalive.wake();
  }

  #becomeReady(): void {
    if (this.#state !== "connecting") return;
    this.#state = "ready";
    this.#events.onReady();
  }

  #becomeDraining(): void {
    if (this.#state === "draining" || this.#state === "closed") return;
    this.#state = "draining";
    // Node sends no ping on a connection that closes; what is still on it is bounded by its deadline.
    this.#keepalive.stop();
    this.#events.onDraining();
  }

  #becomeClosed(): void {
    if (this.#state === "closed") return;
    this.#becomeDraining();
    this.#state = "closed";
    this.#events.onClosed(this.#error);
  }
}

function connectTimeout(): Error {
  return Object.assign(new Error("the peer did not answer in time"), {
    code: "ETIMEDOUT",
    syscall: "connect",
  });
}
