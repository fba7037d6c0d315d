import type { Duplex } from "node:stream";
import { systemWireClock, type WireClock } from "../clock.js";
import { ByteCount } from "../connection/byte-count.js";
import { FairTurns } from "../connection/fair-turns.js";
import { errorCodes } from "../frames/constants.js";
import { ConnectionError } from "../frames/errors.js";
import { type ConnectionLimits, limitsWith } from "../limits.js";
import { Ticker } from "../ticker.js";
import { Offenders } from "./offenders.js";
import { type RequestHandler, ServerConnection } from "./server-connection.js";

const DEFAULT_MAX_CONNECTIONS = 10_000;
const DEFAULT_MAX_QUEUED_BYTES = 67_108_864;
const DEFAULT_OFFENDER_WAIT_MS = 1_000;

export interface WireServerOptions {
  onRequest: RequestHandler;
  /** Overrides of `defaultLimits`. */
  limits?: Partial<ConnectionLimits>;
  /** Most connections at once; a further socket is closed unanswered. Default 10,000. */
  maxConnections?: number;
  /** Bytes of bodies that wait for the windows of all peers together; a stream that adds to more is reset. Default 67,108,864. */
  maxQueuedBytes?: number;
  /**
   * How long, and up to twice as long, a new connection is not read that comes from an address whose connections broke a bound or the protocol within
   * the last 10 s. 0: not at all. Default 1,000.
   */
  offenderWaitMs?: number;
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
  readonly #turns: FairTurns;
  readonly #connections = new Set<ServerConnection>();
  readonly #offenders: Offenders;
  /** Sockets that wait, and how to stop that. */
  readonly #waiting = new Map<Duplex, () => void>();
  #draining: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  /** Throws RangeError for a limit that bounds nothing. */
  constructor(options: WireServerOptions) {
    this.#options = options;
    this.#limits = limitsWith(options.limits);
    this.#maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    this.#queued = new ByteCount(options.maxQueuedBytes ?? DEFAULT_MAX_QUEUED_BYTES);
    this.#clock = options.clock ?? systemWireClock;
    this.#offenders = new Offenders(options.offenderWaitMs ?? DEFAULT_OFFENDER_WAIT_MS);
    this.#turns = new FairTurns(() => this.#clock.monotonicMs());
    this.#ticker = new Ticker(this.#clock, this.#checkTimes);
  }

  /** Connections whose socket is open. */
  get connections(): number {
    return this.#connections.size + this.#waiting.size;
  }

  /** Bytes of bodies that wait for peers now. */
  get queuedBytes(): number {
    return this.#queued.bytes;
  }

  /**
   * Takes over a connected socket, from its first byte on; see `offenderWaitMs`.
   */
  accept(socket: Duplex): void {
    if (socket.destroyed) return;
    if (this.connections >= this.#maxConnections || this.#draining) {
      socket.destroy();
      return;
    }
    const waitMs = this.#offenders.waitMs(addressOf(socket), this.#clock.monotonicMs());
    if (waitMs > 0) this.#keepWaiting(socket, waitMs);
    else this.#begin(socket);
  }

  #keepWaiting(socket: Duplex, waitMs: number): void {
    socket.pause();
    socket.on("error", () => {});
    const leave = () => {
      timer.clear();
      socket.off("close", leave);
      this.#waiting.delete(socket);
    };
    const timer = this.#clock.setTimer(() => {
      leave();
      this.#begin(socket);
    }, waitMs);
    socket.on("close", leave);
    this.#waiting.set(socket, leave);
  }

  #begin(socket: Duplex): void {
    const address = addressOf(socket);
    const connection = new ServerConnection({
      socket,
      limits: this.#limits,
      onRequest: this.#options.onRequest,
      onOver: (error) => {
        if (isOffence(error)) this.#offenders.note(address, this.#clock.monotonicMs());
        this.#options.onConnectionOver?.(error);
      },
      onGone: () => this.#forget(connection),
      now: () => this.#clock.monotonicMs(),
      queuedOnAll: this.#queued,
      turns: this.#turns,
    });
    this.#connections.add(connection);
    this.#ticker.start();
  }

  /** Takes no more connections and requests, lets open streams finish, and resolves when every socket is closed. */
  drain(): Promise<void> {
    this.#draining ??= new Promise((resolve) => {
      this.#drained = resolve;
      for (const [socket, leave] of this.#waiting) {
        leave();
        socket.destroy();
      }
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

const addressOf = (socket: Duplex): string =>
  "remoteAddress" in socket && typeof socket.remoteAddress === "string" ? socket.remoteAddress : "";

const notOffences: readonly number[] = [errorCodes.noError, errorCodes.internalError];
/** Whether the peer broke a bound or the protocol, rather than the socket or we ourselves. */
const isOffence = (error: Error | undefined): boolean =>
  error instanceof ConnectionError && !notOffences.includes(error.code);
