import { errorCodes } from "../frames/constants.js";
import { ConnectionError } from "../frames/errors.js";

/** Bytes of padding at the end of a padded frame, whose length its first byte tells. RFC 9113, section 6.1. */
export function paddingLength(bytes: Buffer, start: number, end: number): number {
  if (end === start)
    throw new ConnectionError(errorCodes.frameSizeError, "padded frame without a pad length");
  const length = bytes[start] as number;
  if (length >= end - start)
    throw new ConnectionError(errorCodes.protocolError, "padding is longer than its frame");
  return length;
}
