import type { Duplex } from "node:stream";
import { systemWireClock, type WireClock } from "../clock.js";
import { ByteCount } from "../connection/byte-count.js";
import { type ConnectionLimits, limitsWith } from "../limits.js";
import { Ticker } from "../ticker.js";
import { type RequestHandler, ServerConnection } from "./server-connection.js";

const DEFAULT_MAX_CONNECTIONS = 10_000;
const DEFAULT_MAX_QUEUED_BYTES = 268_435_456;

export interface WireServerOptions {
  onRequest: RequestHandler;
  /** Overrides of `defaultLimits`. */
  limits?: Partial<ConnectionLimits>;
  /** Most connections at once; a further socket is closed unanswered. Default 10,000. */
  maxConnections?: number;
  /** Bytes of bodies that wait for the windows of all peers together; a stream that adds to more is reset. Default 268,435,456. */
  maxQueuedBytes?: number;
  /** Told when a connection is over; with a ConnectionError when the peer broke the protocol or a limit, with the socket's when that failed. */
  onConnectionOver?: (error: Error | undefined) => void;
  clock?: WireClock;
}

/** Serves HTTP/2 on sockets that somebody else accepts: clear-text ones by prior knowledge, TLS ones by ALPN "h2". */
export class WireServer {
  readonly #options: WireServerOptions;
  readonly #limits: ConnectionLimits;
  readonly #maxConnections: number;
  readonly #clock: WireClock;
  readonly #ticker: Ticker;
  readonly #queued: ByteCount;
  readonly #connections = new Set<ServerConnection>();
  #draining: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  /** Throws RangeError for a limit that bounds nothing. */
  constructor(options: WireServerOptions) {
    this.#options = options;
    this.#limits = limitsWith(options.limits);
    this.#maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    this.#queued = new ByteCount(options.maxQueuedBytes ?? DEFAULT_MAX_QUEUED_BYTES);
    this.#clock = options.clock ?? systemWireClock;
    this.#ticker = new Ticker(this.#clock, this.#checkTimes);
  }

  /** Connections whose socket is open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Bytes of bodies that wait for peers now. */
  get queuedBytes(): number {
    return this.#queued.bytes;
  }

  /** Takes over a connected socket, from its first byte on. */
  accept(socket: Duplex): void {
    if (socket.destroyed) return;
    if (this.#connections.size >= this.#maxConnections || this.#draining) {
      socket.destroy();
      return;
    }
    const connection = new ServerConnection({
      socket,
      limits: this.#limits,
      onRequest: this.#options.onRequest,
      onOver: (error) => this.#options.onConnectionOver?.(error),
      onGone: () => this.#forget(connection),
      now: () => this.#clock.monotonicMs(),
      queuedOnAll: this.#queued,
    });
    this.#connections.add(connection);
    this.#ticker.start();
  }

  /** Takes no more connections and requests, lets open streams finish, and resolves when every socket is closed. */
  drain(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      this.#drained = resolve;
      for (const connection of this.#connections) connection.drain();
      this.#finishIfEmpty();
    });
    return this.#draining;
  }

  /** As `drain`, but ends open streams at once. */
  close(): Promise<void> {
    const drained = this.drain();
    for (const { connection } of this.#connections) connection.close();
    return drained;
  }

  readonly #checkTimes = (): void => {
    for (const { connection } of this.#connections) connection.checkTimes();
  };

  #forget(connection: ServerConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#ticker.stop();
    this.#finishIfEmpty();
  }

  #finishIfEmpty(): void {
    if (this.#connections.size === 0) this.#drained?.();
  }
}
