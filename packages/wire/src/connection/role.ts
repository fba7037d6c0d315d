import type { HeaderBlock } from "../hpack/header-block.js";
import type { Stream } from "./stream.js";

/** What differs between the two ends of a connection. */
export interface Role {
  readonly isServer: boolean;
  /** The last stream of the peer that was taken up; what GOAWAY names. */
  readonly lastStreamId: number;
  /** HEADERS came on a stream that is not open: its id is used from now on. Throws ConnectionError where it must not begin. */
  begin(streamId: number): void;
  /** A stream has begun with these fields. Throws StreamError when it is refused. */
  open(streamId: number, block: HeaderBlock, endStream: boolean): void;
  /** HEADERS on an open stream: a response, an interim response or trailers. */
  headers(stream: Stream, block: HeaderBlock, endStream: boolean): void;
  /** Whether the stream id was never used by either end. */
  isIdle(streamId: number): boolean;
  /** The peer's first SETTINGS, or any later change. */
  settingsChanged(): void;
  /** GOAWAY came: streams of ours above `lastStreamId` were not processed. */
  goingAway(lastStreamId: number, code: number, debugData: Buffer): void;
  /** The peer has answered a PING of ours. */
  pong(payload: Buffer): void;
  /** A stream is over. */
  streamClosed(stream: Stream): void;
  /** The connection is over and its streams are closed; the socket may still send our last frames. */
  over(error: Error | undefined): void;
  /** The socket is closed. */
  gone(): void;
}
