import type { PayloadPolicy } from "@charter/policy";
import type { Logger } from "@charter/telemetry";
import type { Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

/** Where a service is and what it is called. */
export interface Target {
  /** Origin of the service, e.g. "http://127.0.0.1:8082". */
  readonly url: string;
  /** Name of the service: the audience of identity tokens, and its name in errors. */
  readonly audience: string;
}

/** How messages are framed. */
export type Protocol = "grpc" | "connect";

/** A dead connection is noticed within their sum while calls are in flight. */
const PING_INTERVAL_MS = 20_000;
const PING_TIMEOUT_MS = 5_000;
const IDLE_CONNECTION_MS = 300_000;

/** One service that is called, over one HTTP/2 connection that opens with the first call and again after it broke. */
export class Callee {
  readonly target: Target;
  readonly #protocol: Protocol;
  readonly #log: Logger | undefined;
  readonly #sessions: Http2SessionManager;
  /** Transports differ only in their caps, so there are as many as the contract has pairs of caps. */
  readonly #transports = new Map<string, Transport>();
  #reachable = true;
  #closed = false;

  constructor(target: Target, protocol: Protocol, log: Logger | undefined) {
    this.target = target;
    this.#protocol = protocol;
    this.#log = log;
    this.#sessions = new Http2SessionManager(target.url, {
      pingIntervalMs: PING_INTERVAL_MS,
      pingTimeoutMs: PING_TIMEOUT_MS,
      idleConnectionTimeoutMs: IDLE_CONNECTION_MS,
    });
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The transport that holds messages to the caps of a method. */
  transportFor({ maxRequestBytes, maxResponseBytes }: PayloadPolicy): Transport {
    const key = `${maxRequestBytes} ${maxResponseBytes}`;
    const known = this.#transports.get(key);
    if (known) return known;
    const options = {
      baseUrl: this.target.url,
      httpVersion: "2" as const,
      sessionManager: this.#sessions,
      writeMaxBytes: maxRequestBytes,
      readMaxBytes: maxResponseBytes,
    };
    const transport =
      this.#protocol === "grpc" ? createGrpcTransport(options) : createConnectTransport(options);
    this.#transports.set(key, transport);
    return transport;
  }

  /** Logs the moment the callee went out of reach or came back, and not every call in between. */
  noteReachable(reachable: boolean, err?: unknown): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    const { url, audience } = this.target;
    if (reachable) this.#log?.info({ callee: audience, url }, "callee can be reached again");
    else this.#log?.warn({ callee: audience, url, err }, "callee cannot be reached");
  }

  /** Ends the connection and all calls on it. */
  close(): void {
    this.#closed = true;
    this.#sessions.abort();
  }
}
