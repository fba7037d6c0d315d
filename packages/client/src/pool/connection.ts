import type { PayloadPolicy } from "@charter/policy";
import type { Clock } from "@charter/time";
import type { Transport } from "@connectrpc/connect";
import type { ChannelTls } from "../channel-tls.js";
import type { Protocol } from "../target.js";
import type { KeepaliveTiming } from "./keepalive.js";

/** connecting: no word of the peer yet. draining: finishes its calls and takes no more. */
export type ConnectionState = "connecting" | "ready" | "draining" | "closed";

/** What came of the request of one attempt, as far as the connection knows. */
export interface AttemptTrace {
  /** A stream was opened: from here on the peer may have seen the request. */
  opened: boolean;
  /** The peer has said that it did not process the request (REFUSED_STREAM, or a GOAWAY with a smaller stream id; RFC 9113, 8.7). */
  refused: () => boolean;
  /** Called once the stream is gone, for whatever reason. */
  onClosed: (() => void) | undefined;
}

const notRefused = () => false;

/** The trace of an attempt that has not begun. */
export function newTrace(): AttemptTrace {
  return { opened: false, refused: notRefused, onClosed: undefined };
}

/** One HTTP/2 connection to one endpoint. */
export interface Connection {
  readonly state: ConnectionState;
  readonly streams: number;
  /** How many streams the peer allows at once. */
  readonly maxStreams: number;
  /** A Connect transport for one attempt over this connection. What came of it is written to the trace. */
  transport(payload: PayloadPolicy, trace: AttemptTrace, background?: boolean): Transport;
  /** Takes no more calls and closes when the last has ended. */
  drain(): void;
  /** Ends it now, with all calls on it. */
  destroy(reason: Error): void;
}

/** Told of what becomes of a connection. */
export interface ConnectionEvents {
  /** The peer has answered: it speaks HTTP/2. */
  readonly onReady: () => void;
  /** It takes no more calls. Comes at most once, and before `onClosed`. */
  readonly onDraining: () => void;
  /** A stream has ended, so there is room for another. */
  readonly onStreamClosed: () => void;
  /** It is gone; with the error if it did not end in good order. Comes exactly once. */
  readonly onClosed: (error: unknown) => void;
}

/** Begins to connect to an origin. The one thing that a pool needs of a protocol implementation. */
export type Connect = (origin: string, events: ConnectionEvents) => Connection;

/** What makes connections. */
export interface ConnectOptions {
  readonly protocol: Protocol;
  readonly clock: Clock;
  readonly keepalive: KeepaliveTiming;
  readonly tls: ChannelTls;
}
