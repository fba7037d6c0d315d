import http2, { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from "node:http2";
import type { PayloadPolicy } from "@charter/policy";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import type { Protocol } from "../target.js";
import type {
  AttemptTrace,
  Connect,
  Connection,
  ConnectionEvents,
  ConnectionState,
  ConnectOptions,
} from "./connection.js";
import { CONNECT_TIMEOUT_MS, ConnectionLife, connectTimeout, takesNoMore } from "./connection-life.js";
import { PingPatience } from "./ping-patience.js";

/** Before the peer says how many streams it allows. */
const ASSUMED_STREAMS = 100;

/** Connections of node:http2 under Connect's transports. Nothing else in this package knows of either. */
export function nodeHttp2(options: ConnectOptions): Connect {
  const patience = new PingPatience(options.keepalive);
  return (origin, events) => new NodeConnection(origin, events, options, patience);
}

class NodeConnection implements Connection {
  readonly #origin: string;
  readonly #protocol: Protocol;
  readonly #session: ClientHttp2Session;
  readonly #life: ConnectionLife;
  #error: unknown;

  constructor(
    origin: string,
    events: ConnectionEvents,
    { protocol, clock, tls }: ConnectOptions,
    patience: PingPatience,
  ) {
    this.#origin = origin;
    this.#protocol = protocol;
    const session = http2.connect(origin, tls);
    // Calls keep the process alive, not the connection.
    session.unref();
    this.#session = session;
    const peer = {
      bytesRead: () => (session.destroyed ? 0 : (session.socket?.bytesRead ?? 0)),
      ping: (acknowledged: () => void) => {
        if (!session.destroyed) session.ping((error) => error ?? acknowledged());
      },
      onDead: () => this.destroy(new Error("the connection answers no ping")),
      keepProcess: (alive: boolean) => {
        if (session.destroyed) return;
        if (alive) session.ref();
        else session.unref();
      },
    };
    this.#life = new ConnectionLife(events, peer, clock, patience.timingFor(origin));
    // After a TLS alert Node ends neither the socket nor, with it, the session.
    session.once("connect", (_, socket) => socket.once("error", () => socket.destroy()));
    const timer = clock.setTimer(() => this.destroy(connectTimeout()), CONNECT_TIMEOUT_MS);
    session.once("remoteSettings", () => {
      timer.clear();
      this.#life.becameReady();
    });
    session.on("error", (error) => {
      this.#error ??= error;
    });
    session.once("goaway", (code, _lastStream, data) => {
      patience.heard(origin, code === http2.constants.NGHTTP2_ENHANCE_YOUR_CALM, String(data));
      this.#life.becameDraining();
    });
    session.once("close", () => {
      timer.clear();
      this.#life.becameClosed(this.#error);
    });
  }

  get state(): ConnectionState {
    const { state } = this.#life;
    // Node knows before it says so, and then refuses streams.
    return state === "ready" && (this.#session.closed || this.#session.destroyed) ? "draining" : state;
  }

  get streams(): number {
    return this.#life.streams;
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
    this.#life.becameDraining();
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
    this.#life.streamOpened(background);
    stream.once("close", () => {
      trace.onClosed?.();
      this.#life.streamClosed(background);
    });
    return stream;
  }

  /** Node refuses by many codes; all say that the connection takes no more. */
  #request(headers: OutgoingHttpHeaders): ClientHttp2Stream {
    try {
      return this.#session.request(headers);
    } catch (cause) {
      throw takesNoMore(cause);
    }
  }
}
