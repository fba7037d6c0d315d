// The numbers of HTTP/2. Source: RFC 9113, sections 3.4, 4, 6, 7 and 11.

/** What a client sends first. RFC 9113, section 3.4. */
export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Bytes of a frame's header: length (3), type, flags, stream (4). RFC 9113, section 4.1. */
export const FRAME_HEADER_BYTES = 9;

/** Types of frames. RFC 9113, section 6. */
export const frameTypes = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

/** Flags of frames. `ack` and `endStream` share a bit, on different types. */
export const flags = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** Why a stream or a connection ends. RFC 9113, section 7. */
export const errorCodes = {
  noError: 0x0,
  protocolError: 0x1,
  internalError: 0x2,
  flowControlError: 0x3,
  settingsTimeout: 0x4,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  connectError: 0xa,
  enhanceYourCalm: 0xb,
  inadequateSecurity: 0xc,
  http11Required: 0xd,
} as const;

/** What one end tells the other about itself. RFC 9113, section 6.5.2. */
export const settingIds = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

/** What holds until SETTINGS say otherwise. RFC 9113, section 6.5.2. */
export const initialSettings = {
  headerTableSize: 4096,
  initialWindowSize: 65_535,
  maxFrameSize: 16_384,
} as const;

/** The least and the most that SETTINGS_MAX_FRAME_SIZE may say. */
export const maxFrameSizeRange = { least: 16_384, most: 16_777_215 } as const;

/** The most that a flow-control window may be. RFC 9113, section 6.9.1. */
export const MAX_WINDOW = 0x7fff_ffff;

/** The highest stream id. */
export const MAX_STREAM_ID = 0x7fff_ffff;
