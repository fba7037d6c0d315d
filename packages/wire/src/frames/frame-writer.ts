import { errorCodes, FRAME_HEADER_BYTES, flags as flagBits, frameTypes } from "./constants.js";

/** Writes a frame's header at `at`; answers where its payload goes. RFC 9113, section 4.1. */
export function writeFrameHeader(
  target: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  target[at] = length >>> 16;
  target[at + 1] = length >>> 8;
  target[at + 2] = length;
  target[at + 3] = type;
  target[at + 4] = flags;
  target[at + 5] = streamId >>> 24;
  target[at + 6] = streamId >>> 16;
  target[at + 7] = streamId >>> 8;
  target[at + 8] = streamId;
  return at + FRAME_HEADER_BYTES;
}

/** A frame around a payload, which is copied. */
export function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const target = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  target.set(payload, writeFrameHeader(target, 0, payload.length, type, flags, streamId));
  return target;
}

/** A header block as one HEADERS frame and as many CONTINUATION frames as its length needs. RFC 9113, sections 6.2 and 6.10. */
export function headersFrames(
  streamId: number,
  block: Uint8Array,
  endStream: boolean,
  maxFrameSize: number,
): Buffer {
  const end = endStream ? flagBits.endStream : 0;
  if (block.length <= maxFrameSize)
    return frame(frameTypes.headers, end | flagBits.endHeaders, streamId, block);
  const frames = [frame(frameTypes.headers, end, streamId, block.subarray(0, maxFrameSize))];
  for (let from = maxFrameSize; from < block.length; from += maxFrameSize) {
    const isLast = from + maxFrameSize >= block.length;
    frames.push(
      frame(
        frameTypes.continuation,
        isLast ? flagBits.endHeaders : 0,
        streamId,
        block.subarray(from, from + maxFrameSize),
      ),
    );
  }
  return Buffer.concat(frames);
}

/** SETTINGS with these values. */
export function settingsFrame(settings: ReadonlyMap<number, number>): Buffer {
  const payload = Buffer.allocUnsafe(settings.size * 6);
  let at = 0;
  for (const [id, value] of settings) {
    at = payload.writeUInt16BE(id, at);
    at = payload.writeUInt32BE(value, at);
  }
  return frame(frameTypes.settings, 0, 0, payload);
}

/** The acknowledgement of the peer's SETTINGS. */
export const settingsAck: Buffer = frame(frameTypes.settings, flagBits.ack, 0, new Uint8Array(0));

/** PING; the opaque payload has eight bytes. */
export const pingFrame = (payload: Uint8Array, ack: boolean): Buffer =>
  frame(frameTypes.ping, ack ? flagBits.ack : 0, 0, payload);

/** RST_STREAM. */
export function rstStreamFrame(streamId: number, code: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(code);
  return frame(frameTypes.rstStream, 0, streamId, payload);
}

/** WINDOW_UPDATE; stream 0 is the connection's window. */
export function windowUpdateFrame(streamId: number, increment: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(increment);
  return frame(frameTypes.windowUpdate, 0, streamId, payload);
}

/** GOAWAY: streams above `lastStreamId` were not and will not be processed. */
export function goawayFrame(lastStreamId: number, code: number = errorCodes.noError, debug = ""): Buffer {
  const payload = Buffer.alloc(8 + Buffer.byteLength(debug));
  payload.writeUInt32BE(lastStreamId, 0);
  payload.writeUInt32BE(code, 4);
  payload.write(debug, 8);
  return frame(frameTypes.goaway, 0, 0, payload);
}
