// The frames that attackers send, right or wrong.
import { gzipSync } from "node:zlib";
import { HpackEncoder, writeFrameHeader } from "../../../packages/wire/dist/index.js";

export const types = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  windowUpdate: 8,
  continuation: 9,
};
export const END_STREAM = 1;
export const END_HEADERS = 4;
const CANCEL = 8;
const INITIAL_WINDOW_SIZE = 4;
/** The most that a frame may carry as long as nothing else is agreed. */
const MAX_PAYLOAD = 16_384;

const ECHO = "/charter.testing.v1.ShelfService/Echo";
const constant = new HpackEncoder(0);
const fields = {
  ":method": "POST",
  ":scheme": "http",
  ":path": ECHO,
  ":authority": "127.0.0.1",
  "content-type": "application/grpc",
  te: "trailers",
};

export const greeting = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export function frame(type, flags, id, payload) {
  const bytes = Buffer.allocUnsafe(9 + payload.length);
  bytes.set(payload, writeFrameHeader(bytes, 0, payload.length, type, flags, id));
  return bytes;
}

/** SETTINGS with one value, or none. */
export function settings(window) {
  const payload = Buffer.alloc(window === undefined ? 0 : 6);
  if (window !== undefined) {
    payload.writeUInt16BE(INITIAL_WINDOW_SIZE, 0);
    payload.writeUInt32BE(window, 2);
  }
  return frame(types.settings, 0, 0, payload);
}

export const settingsAck = frame(types.settings, 1, 0, Buffer.alloc(0));

export function uint32Frame(type, id, value) {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return frame(type, 0, id, payload);
}

export const reset = (id) => uint32Frame(types.reset, id, CANCEL);

/** The head of a call of Echo, with further fields. */
export function head(id, more = {}) {
  const all = Object.entries({ ...fields, ...more }).map(([name, value]) => ({ name, value }));
  return frame(types.headers, END_HEADERS, id, constant.encode(all));
}

/** Body bytes in as many frames as they need. */
export function body(id, bytes, ends) {
  const frames = [];
  for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) {
    const isLast = at + MAX_PAYLOAD >= bytes.length;
    frames.push(frame(types.data, isLast && ends ? END_STREAM : 0, id, bytes.subarray(at, at + MAX_PAYLOAD)));
  }
  return Buffer.concat(frames);
}

/** The five bytes before a message. */
export function envelopeHead(length, isCompressed = false) {
  const bytes = Buffer.alloc(5);
  bytes[0] = isCompressed ? 1 : 0;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** An enveloped EchoRequest with a text of so many bytes. */
export function echo(length) {
  const size = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
  const message = Buffer.concat([Buffer.from([10, ...size]), Buffer.alloc(length, "x")]);
  return Buffer.concat([envelopeHead(message.length), message]);
}

/** An enveloped message that is small and becomes `length` bytes. */
export function bomb(length) {
  const packed = gzipSync(Buffer.alloc(length), { level: 9 });
  return Buffer.concat([envelopeHead(packed.length, true), packed]);
}

/** A block that puts a cookie into the table, and blocks that name it `count` times with a byte each. RFC 7541, section 6.1. */
export function cookies(id, valueLength, count) {
  const encoder = new HpackEncoder(4_096);
  const start = encoder.encode([
    ...Object.entries(fields).map(([name, value]) => ({ name, value })),
    { name: "cookie", value: "c".repeat(valueLength), representation: "index" },
  ]);
  const block = Buffer.concat([start, Buffer.alloc(count, 0x80 | 62)]);
  return frame(types.headers, END_HEADERS, id, block);
}

export function times(count, make) {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
}
