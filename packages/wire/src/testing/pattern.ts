/** Bytes that tell where they stand, so that a piece that is lost, doubled or moved shows. */
export function pattern(length: number, from = 0): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let index = 0; index < length; index += 1)
    bytes[index] = ((from + index) * 131 + ((from + index) >> 8)) & 0xff;
  return bytes;
}
