import { errorCodes, flags as flagBits, frameTypes } from "../frames/constants.js";
import { ConnectionError, StreamError } from "../frames/errors.js";
import { HeaderBombError, HeaderListTooLargeError, HpackDecoder } from "../hpack/decoder.js";
import { HpackError } from "../hpack/errors.js";
import type { HeaderBlock } from "../hpack/header-block.js";
import type { Connection } from "./connection.js";
import { HeaderAssembly } from "./header-assembly.js";
import { paddingLength } from "./padding.js";

const PRIORITY_BYTES = 5;

/** Takes HEADERS and CONTINUATION frames, decodes whole header blocks and passes them to the role. RFC 9113, sections 4.3, 6.2 and 6.10. */
export class IncomingHeaders {
  readonly #connection: Connection;
  readonly #decoder: HpackDecoder;
  #assembly: HeaderAssembly | undefined;

  constructor(connection: Connection) {
    const { limits } = connection;
    this.#connection = connection;
    this.#decoder = new HpackDecoder({
      maxTableSize: limits.headerTableSize,
      maxListSize: limits.maxHeaderListSize,
      maxFields: limits.maxHeaderFields,
    });
  }

  /** Throws ConnectionError for a frame that must not stand inside a header block. */
  assertMayCome(type: number, streamId: number): void {
    if (this.#assembly && (type !== frameTypes.continuation || streamId !== this.#assembly.streamId))
      throw new ConnectionError(errorCodes.protocolError, "frame inside a header block");
  }

  headers(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId === 0) throw new ConnectionError(errorCodes.protocolError, "HEADERS on stream 0");
    let from = start;
    let to = end;
    if (flags & flagBits.padded) {
      to -= paddingLength(bytes, start, end);
      from += 1;
    }
    if (flags & flagBits.priority) {
      assertPriority(streamId, bytes, from, to);
      from += PRIORITY_BYTES;
    }
    const endStream = (flags & flagBits.endStream) !== 0;
    if (flags & flagBits.endHeaders) this.#block(streamId, bytes, from, to, endStream);
    else
      this.#assembly = new HeaderAssembly(
        streamId,
        endStream,
        bytes.subarray(from, to),
        this.#connection.limits,
      );
  }

  continuation(flags: number, bytes: Buffer, start: number, end: number): void {
    const assembly = this.#assembly;
    if (!assembly) throw new ConnectionError(errorCodes.protocolError, "CONTINUATION without HEADERS");
    assembly.add(bytes.subarray(start, end));
    if ((flags & flagBits.endHeaders) === 0) return;
    this.#assembly = undefined;
    const block = assembly.join();
    this.#block(assembly.streamId, block, 0, block.length, assembly.endStream);
  }

  #block(streamId: number, bytes: Buffer, start: number, end: number, endStream: boolean): void {
    if (end - start > this.#connection.limits.maxHeaderBlockBytes)
      throw new ConnectionError(errorCodes.enhanceYourCalm, "header block is larger than allowed");
    const { role, streams } = this.#connection;
    const stream = streams.get(streamId);
    // What we have reset may have sent these before it knew. They must be decoded all the same, for the table.
    const isLate = !stream && streams.wasReset(streamId);
    if (!stream && !isLate) role.begin(streamId);
    const block = this.#decode(streamId, bytes, start, end);
    if (stream?.remoteEnded)
      throw new StreamError(streamId, errorCodes.streamClosed, "HEADERS after the end of the stream");
    if (stream) role.headers(stream, block, endStream);
    else if (!isLate) role.open(streamId, block, endStream);
  }

  #decode(streamId: number, bytes: Buffer, start: number, end: number): HeaderBlock {
    try {
      return this.#decoder.decode(bytes, start, end);
    } catch (error) {
      if (error instanceof HpackError) throw new ConnectionError(errorCodes.compressionError, error.message);
      if (error instanceof HeaderBombError)
        throw new ConnectionError(errorCodes.enhanceYourCalm, error.message);
      if (error instanceof HeaderListTooLargeError)
        throw new StreamError(streamId, errorCodes.enhanceYourCalm, error.message);
      throw error;
    }
  }
}

/**
 * Priorities are deprecated and ignored, but must be well formed. RFC 9113, sections 5.3 and 6.3. A stream error would do, but that
 * would leave a header block undecoded, or reset a stream that was never opened.
 */
export function assertPriority(streamId: number, bytes: Buffer, start: number, end: number): void {
  if (end - start < PRIORITY_BYTES)
    throw new ConnectionError(errorCodes.frameSizeError, "priority is not five bytes long");
  if ((bytes.readUInt32BE(start) & 0x7fff_ffff) === streamId)
    throw new ConnectionError(errorCodes.protocolError, "stream depends on itself");
}
