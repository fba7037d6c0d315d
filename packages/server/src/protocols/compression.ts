import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from "node:zlib";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { malformed, tooLarge } from "./request-errors.js";

/** A way to make messages smaller. */
export interface Compression {
  readonly name: string;
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Stops as soon as the result would pass `maxBytes`. */
  decompress(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array>;
}

/** Smaller messages cost more to compress than they save on the way. */
export const COMPRESS_MIN_BYTES = 4_096;

/** Fast enough to be used on answers as they are made; the library's default is meant for files. */
const BROTLI_QUALITY = 4;

const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } };
const deflateGzip = promisify<Uint8Array, object, Buffer>(gzip);
const inflateGzip = promisify<Uint8Array, object, Buffer>(gunzip);
const deflateBrotli = promisify<Uint8Array, object, Buffer>(brotliCompress);
const inflateBrotli = promisify<Uint8Array, object, Buffer>(brotliDecompress);

/** In the order in which answers prefer them. */
export const compressions: readonly Compression[] = [
  {
    name: "gzip",
    compress: (bytes) => deflateGzip(bytes, {}),
    decompress: (bytes, maxBytes) => bounded(inflateGzip, bytes, maxBytes),
  },
  {
    name: "br",
    compress: (bytes) => deflateBrotli(bytes, brotliOptions),
    decompress: (bytes, maxBytes) => bounded(inflateBrotli, bytes, maxBytes),
  },
];

/** The names this server reads, for the headers that tell callers. */
export const acceptedEncodings = compressions.map((it) => it.name).join(",");

/**
 * The compression that a request's header names; undefined for none.
 *
 * @throws ContractError UNIMPLEMENTED for one that this server does not read
 */
export function requestCompression(name: string | null): Compression | undefined {
  if (!name || name === "identity") return undefined;
  const found = compressions.find((it) => it.name === name);
  if (found) return found;
  throw chassisError(ChassisError.COMPRESSION_UNKNOWN, { metadata: { accepted: acceptedEncodings } });
}

/** The best compression that the caller reads; undefined for none. */
export function responseCompression(accepted: string | null): Compression | undefined {
  if (!accepted) return undefined;
  const names = accepted.split(",").map((it) => it.split(";")[0]?.trim());
  return compressions.find((it) => names.includes(it.name));
}

async function bounded(
  inflate: (bytes: Uint8Array, options: object) => Promise<Buffer>,
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array> {
  if (bytes.byteLength === 0) return bytes;
  try {
    return await inflate(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
      throw tooLarge(maxBytes);
    throw malformed("the compressed data is damaged");
  }
}
