import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { Compression } from "./compression.js";
import { COMPRESS_MIN_BYTES } from "./compression.js";
import { malformed, tooLarge } from "./request-errors.js";

/** Flag of a message that is compressed. */
export const COMPRESSED = 0b1;

const HEAD_BYTES = 5;

/** One message with its flags, before decompression. */
interface Envelope {
  readonly flags: number;
  readonly data: Uint8Array;
}

/** Puts the five bytes before a message: flags and length. */
export function envelope(flags: number, data: Uint8Array): Uint8Array {
  const result = Buffer.allocUnsafe(HEAD_BYTES + data.byteLength);
  result.writeUInt8(flags, 0);
  result.writeUInt32BE(data.byteLength, 1);
  result.set(data, HEAD_BYTES);
  return result;
}

/** An enveloped response message, compressed where that pays. */
export async function responseEnvelope(
  data: Uint8Array,
  compression: Compression | undefined,
): Promise<Uint8Array> {
  if (!compression || data.byteLength < COMPRESS_MIN_BYTES) return envelope(0, data);
  return envelope(COMPRESSED, await compression.compress(data));
}

/**
 * The messages of an enveloped body, each decompressed. An envelope with a flag in `endFlag` is the caller's end mark and skipped.
 *
 * @throws ContractError when a message passes `maxBytes`, before or after decompression, or the body is no envelopes
 */
export async function* readEnvelopes(
  body: AsyncIterable<Uint8Array>,
  compression: Compression | undefined,
  maxBytes: number,
  endFlag: number,
): AsyncIterable<Uint8Array> {
  for await (const { flags, data } of split(body, maxBytes)) {
    if ((flags & endFlag) !== 0) continue;
    if ((flags & COMPRESSED) === 0) yield data;
    else if (compression) yield await compression.decompress(data, maxBytes);
    else throw compressionUnnamed();
  }
}

async function* split(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<Envelope> {
  let rest: Uint8Array = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let size = sizeOf(rest, maxBytes); size <= rest.byteLength; size = sizeOf(rest, maxBytes)) {
      yield { flags: rest[0] ?? 0, data: rest.subarray(HEAD_BYTES, size) };
      rest = rest.subarray(size);
    }
  }
  if (rest.byteLength > 0) throw malformed("the body ends within a message");
}

/** The size of the envelope that begins `bytes`; infinite while its head is not complete. */
function sizeOf(bytes: Uint8Array, maxBytes: number): number {
  if (bytes.byteLength < HEAD_BYTES) return Number.POSITIVE_INFINITY;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (length > maxBytes) throw tooLarge(maxBytes);
  return HEAD_BYTES + length;
}

/** The caller's library contradicts itself, for which gRPC's document on compression asks for INTERNAL. */
function compressionUnnamed() {
  return chassisError(ChassisError.INTERNAL, {
    message: "A message is marked as compressed and no compression is named.",
  });
}
