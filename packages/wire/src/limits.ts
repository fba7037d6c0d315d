import { initialSettings, MAX_WINDOW, maxFrameSizeRange } from "./frames/constants.js";

/** What one connection may cost us. Breaking one of these ends the connection (or the stream, where it says so), never the process. */
export interface ConnectionLimits {
  /** Streams that the peer may have open at once; more are refused one by one. */
  maxConcurrentStreams: number;
  /** Bytes of one header list as RFC 9113, section 6.5.2 counts them; a larger one ends its stream. */
  maxHeaderListSize: number;
  /** Fields in one header list; more end the stream. */
  maxHeaderFields: number;
  /** Bytes of one header block on the wire, all CONTINUATION frames together. */
  maxHeaderBlockBytes: number;
  /** CONTINUATION frames of one header block. */
  maxContinuations: number;
  /** Bytes of the table that the peer may make us keep for HPACK. */
  headerTableSize: number;
  /** Payload of one frame that we accept, 16,384 to 16,777,215. */
  maxFrameSize: number;
  /** Bytes that the peer may send on one stream before we have used them. */
  streamWindow: number;
  /** Bytes that the peer may send on all streams before we have used them: what a connection can make us hold. At least 65,535. */
  connectionWindow: number;
  /**
   * Bytes of bodies that wait for the peer to take them: for its windows, or for the socket. From half of it on a server refuses the peer's further
   * requests before they are served; a stream that adds to more is reset.
   */
  maxQueuedBytes: number;
  /** Bytes that wait for the socket, our answers to the peer's frames among them. Beyond it the peer is not reading. */
  maxOutboxBytes: number;
  /**
   * RST_STREAM frames, and streams that end by a peer's error, a second, above one for every ten streams that ended in order;
   * three seconds' worth may come at once.
   */
  resetsPerSecond: number;
  /**
   * PING, SETTINGS, PRIORITY, GOAWAY, empty DATA and unknown frames a second, above one for every DATA frame of ours; ten seconds'
   * worth may come at once.
   */
  controlFramesPerSecond: number;
  /** WINDOW_UPDATE frames a second, above two for every DATA frame of ours; ten seconds' worth may come at once. */
  windowUpdatesPerSecond: number;
  /** Time until the preface and the first SETTINGS must be there. */
  prefaceTimeoutMs: number;
  /** Time until our SETTINGS must be acknowledged. */
  settingsTimeoutMs: number;
  /** Time until a PING of ours must be answered. */
  pingTimeoutMs: number;
  /** Time without an open stream after which the connection is closed. */
  idleTimeoutMs: number;
  /**
   * Time that a peer may let a stream wait without taking a byte; the stream is reset then. One second at most while half of the bytes are held that
   * may wait on all connections of a server; a connection then ends on which 128 KiB wait and nothing was taken for so long.
   */
  stalledTimeoutMs: number;
}

/** Safe on the internet, generous to an honest peer. */
export const defaultLimits: Readonly<ConnectionLimits> = {
  maxConcurrentStreams: 128,
  maxHeaderListSize: 32_768,
  maxHeaderFields: 128,
  maxHeaderBlockBytes: 32_768,
  maxContinuations: 8,
  headerTableSize: 4_096,
  maxFrameSize: 16_384,
  streamWindow: 262_144,
  connectionWindow: 1_048_576,
  maxQueuedBytes: 16_777_216,
  maxOutboxBytes: 4_194_304,
  resetsPerSecond: 100,
  controlFramesPerSecond: 100,
  windowUpdatesPerSecond: 1_000,
  prefaceTimeoutMs: 10_000,
  settingsTimeoutMs: 10_000,
  pingTimeoutMs: 20_000,
  idleTimeoutMs: 300_000,
  stalledTimeoutMs: 30_000,
};

/** What the protocol allows, where that is less than "more than nothing". */
const ranges: { readonly [name in keyof ConnectionLimits]?: readonly [least: number, most: number] } = {
  headerTableSize: [0, 65_536],
  maxFrameSize: [maxFrameSizeRange.least, maxFrameSizeRange.most],
  streamWindow: [1, MAX_WINDOW],
  connectionWindow: [initialSettings.initialWindowSize, MAX_WINDOW],
};

/** `defaultLimits` with overrides. Throws RangeError for a value that bounds nothing, or that the protocol does not allow. */
export function limitsWith(overrides: Partial<ConnectionLimits> = {}): ConnectionLimits {
  const limits = { ...defaultLimits, ...overrides };
  for (const name of Object.keys(defaultLimits) as (keyof ConnectionLimits)[]) {
    const [least, most] = ranges[name] ?? [1, Number.MAX_SAFE_INTEGER];
    if (limits[name] >= least && limits[name] <= most) continue;
    throw new RangeError(`${name} must be from ${least} to ${most}, not ${limits[name]}`);
  }
  return limits;
}
