import type { Clock } from "@charter/time";
import { Code, ConnectError } from "@connectrpc/connect";
import type { ConnectionEvents, ConnectionState } from "./connection.js";
import { Keepalive, type KeepaliveTiming, type Pingable } from "./keepalive.js";

/** Bounds an attempt to connect, the peer's first SETTINGS included: gRPC's MIN_CONNECT_TIMEOUT. */
export const CONNECT_TIMEOUT_MS = 20_000;

/** What a connection's protocol implementation does for its life. */
export interface Peer extends Omit<Pingable, "busy"> {
  /** Whether the connection has to keep the process alive: a call waits for the peer. */
  readonly keepProcess: (alive: boolean) => void;
}

/** Where a connection stands and how many calls are on it, whatever speaks HTTP/2 below. Tells its owner, and pings while calls wait. */
export class ConnectionLife {
  readonly #events: ConnectionEvents;
  readonly #peer: Peer;
  readonly #keepalive: Keepalive;
  #state: ConnectionState = "connecting";
  #streams = 0;
  /** Streams that somebody waits for. */
  #foreground = 0;

  constructor(events: ConnectionEvents, peer: Peer, clock: Clock, timing: KeepaliveTiming) {
    this.#events = events;
    this.#peer = peer;
    this.#keepalive = new Keepalive(clock, timing, { ...peer, busy: () => this.#foreground > 0 });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get streams(): number {
    return this.#streams;
  }

  /** The peer has answered. */
  becameReady(): void {
    if (this.#state !== "connecting") return;
    this.#state = "ready";
    this.#events.onReady();
  }

  /** It takes no more calls. */
  becameDraining(): void {
    if (this.#state === "draining" || this.#state === "closed") return;
    this.#state = "draining";
    // What is still on a connection that closes is bounded by its deadline.
    this.#keepalive.stop();
    this.#events.onDraining();
  }

  /** It is gone. */
  becameClosed(error: unknown): void {
    if (this.#state === "closed") return;
    this.becameDraining();
    this.#state = "closed";
    this.#events.onClosed(error);
  }

  /** A stream has begun. One in the background is nobody's call. */
  streamOpened(background: boolean): void {
    this.#streams += 1;
    if (background) return;
    this.#foreground += 1;
    if (this.#foreground > 1) return;
    this.#peer.keepProcess(true);
    if (this.#state === "ready") this.#keepalive.wake();
  }

  /** A stream has ended. */
  streamClosed(background: boolean): void {
    this.#streams -= 1;
    if (!background) this.#foreground -= 1;
    if (!background && this.#foreground === 0) this.#peer.keepProcess(false);
    this.#events.onStreamClosed();
  }
}

/** The error of an attempt to connect that took too long. */
export function connectTimeout(): Error {
  return Object.assign(new Error("the peer did not answer in time"), {
    code: "ETIMEDOUT",
    syscall: "connect",
  });
}

/** The error of a call that came too late for a connection, so that nothing of it was sent. */
export function takesNoMore(cause?: unknown): ConnectError {
  return new ConnectError("the connection takes no more calls", Code.Aborted, undefined, undefined, cause);
}
