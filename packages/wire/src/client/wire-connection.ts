import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { systemWireClock, type WireClock } from "../clock.js";
import type { Stream } from "../connection/stream.js";
import type { EncodedField } from "../hpack/encoder.js";
import { type ConnectionLimits, limitsWith } from "../limits.js";
import { Ticker } from "../ticker.js";
import { ClientConnection } from "./client-connection.js";
import type { RequestTemplate } from "./request-template.js";
import type { ResponseReceiver } from "./response-receiver.js";

const DEFAULT_MAX_WAITING_STREAMS = 1_000;
/** Payloads that tell the PINGs of the timer from those that were asked for. */
const KEEPALIVE_PING = Buffer.from("wire-ka\0");
const ASKED_PING = Buffer.from("wire-ask");
const NO_FIELDS: readonly EncodedField[] = [];

export interface WireConnectionOptions {
  /** Overrides of `defaultLimits`. */
  limits?: Partial<ConnectionLimits>;
  /** Requests that may wait until the server takes one more stream. Default 1,000. */
  maxWaitingStreams?: number;
  /** Sends a PING this often while a stream is open; unanswered, it ends the connection after `pingTimeoutMs`. Default: none. */
  keepaliveMs?: number;
  /** Told once, when the server's first SETTINGS have come: it speaks HTTP/2. */
  onReady?: () => void;
  /**
   * Told once, when no further request is taken though the connection lives: the server drains it. With the code and the debug data of its
   * GOAWAY.
   */
  onGoingAway?: (code: number, debugData: string) => void;
  /** Told once, when the connection is over; with the reason where it did not end in order. */
  onOver?: (error: Error | undefined) => void;
  clock?: WireClock;
}

/** A client's connection to one server. */
export class WireConnection {
  readonly #client: ClientConnection;
  readonly #clock: WireClock;
  readonly #ticker: Ticker;
  readonly #keepaliveMs: number;
  readonly #gone: Promise<void>;
  readonly #socket: Duplex;
  /** Who waits for the answer to a PING, in the order of the wire. */
  readonly #pinged: (() => void)[] = [];
  #pingedAtMs: number;

  /**
   * Takes over a socket, from its first byte on.
   * @param connectedEvent What the socket emits when it is connected; undefined for one that is. Requests wait for it.
   * Throws RangeError for a limit that bounds nothing.
   */
  constructor(
    socket: Duplex,
    options: WireConnectionOptions = {},
    connectedEvent?: "connect" | "secureConnect",
  ) {
    const { clock = systemWireClock, keepaliveMs = Number.POSITIVE_INFINITY } = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gone = promise;
    this.#socket = socket;
    this.#clock = clock;
    this.#keepaliveMs = keepaliveMs;
    this.#pingedAtMs = clock.monotonicMs();
    this.#ticker = new Ticker(clock, this.#checkTimes);
    this.#client = new ClientConnection({
      socket,
      isConnected: connectedEvent === undefined,
      limits: limitsWith(options.limits),
      maxWaitingStreams: options.maxWaitingStreams ?? DEFAULT_MAX_WAITING_STREAMS,
      now: () => clock.monotonicMs(),
      onReady: () => options.onReady?.(),
      onGoingAway: (code, debugData) => options.onGoingAway?.(code, debugData.toString("latin1")),
      onPong: (payload) => {
        if (payload.equals(ASKED_PING)) this.#pinged.shift()?.();
      },
      onOver: (error) => options.onOver?.(error),
      onGone: () => {
        this.#ticker.stop();
        resolve();
      },
    });
    if (connectedEvent)
      socket.once(connectedEvent, () => {
        if (!socket.destroyed) this.#client.connected();
      });
    this.#ticker.start();
  }

  /** Whether `open` can take a request: neither over, nor draining. */
  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  /** Requests that have begun and not ended. */
  get openStreams(): number {
    return this.#client.connection.streams.size;
  }

  /** Requests that wait until the server takes one more. */
  get waitingStreams(): number {
    return this.#client.waiting;
  }

  /** How many requests the server allows at once; 100 until it has said. */
  get maxStreams(): number {
    return this.#client.maxStreams;
  }

  /** Bytes that came from the socket so far: while they grow the server is alive. */
  get bytesReceived(): number {
    return this.#client.bytesReceived;
  }

  /** Sends a PING; calls back when it is answered. Unanswered for `pingTimeoutMs`, it ends the connection. */
  ping(answered: () => void): void {
    if (this.#client.connection.isOver) return;
    this.#pinged.push(answered);
    this.#client.connection.ping(ASKED_PING);
  }

  /** Whether the connection keeps the process alive, as a socket does by default. */
  keepProcess(alive: boolean): void {
    const socket = this.#socket as Partial<Pick<Socket, "ref" | "unref">>;
    if (alive) socket.ref?.();
    else socket.unref?.();
  }

  /**
   * Begins a request, at once or when the server takes one more stream; what is sent before that waits. Undefined when the connection takes
   * none any more, or as many wait as may: then nothing was sent, and the receiver is told nothing.
   * @param endStream Whether the request has neither body nor trailers.
   */
  open(
    template: RequestTemplate,
    receiver: ResponseReceiver,
    endStream: boolean,
    extra: readonly EncodedField[] = NO_FIELDS,
  ): Stream | undefined {
    return this.#client.request(template, extra, receiver, endStream);
  }

  /** As `open` with all of the request's body, which the caller changes no more: cheaper than sending it apart. */
  openWhole(
    template: RequestTemplate,
    receiver: ResponseReceiver,
    body: Buffer,
    extra: readonly EncodedField[] = NO_FIELDS,
  ): Stream | undefined {
    return this.#client.request(template, extra, receiver, false, body);
  }

  /** Takes no more requests, lets open ones finish, and resolves when the socket is closed. */
  drain(): Promise<void> {
    this.#client.drain();
    return this.#gone;
  }

  /** As `drain`, but ends open requests at once. */
  close(): Promise<void> {
    this.#client.connection.close();
    return this.#gone;
  }

  readonly #checkTimes = (): void => {
    const { connection } = this.#client;
    const now = this.#clock.monotonicMs();
    if (connection.streams.size > 0 && !connection.isOver && now - this.#pingedAtMs >= this.#keepaliveMs) {
      this.#pingedAtMs = now;
      connection.ping(KEEPALIVE_PING);
    }
    connection.checkTimes();
  };
}
