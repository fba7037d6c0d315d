export { CONNECTION_LOST, type Stream, type StreamReceiver } from "./connection/stream.js";
export { errorCodes, FRAME_HEADER_BYTES, flags, frameTypes } from "./frames/constants.js";
export { headersFrames, writeFrameHeader } from "./frames/frame-writer.js";
export { type EncodedField, HpackEncoder } from "./hpack/encoder.js";
export type { HeaderBlock } from "./hpack/header-block.js";
export { type ConnectionLimits, defaultLimits } from "./limits.js";
export type { RequestHead } from "./server/request-head.js";
export type { RequestHandler } from "./server/server-connection.js";
export { WireServer, type WireServerOptions } from "./server/wire-server.js";
