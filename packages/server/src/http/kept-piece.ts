/** A piece may keep so many times its length alive: as a full frame does in a full chunk of the socket. */
const MOST_PINNED = 4;

/**
 * What to keep of a piece of a body that may have to wait for its rest: itself, or a copy where it is a small part of the chunk of the socket that it
 * would keep alive. Windows count the bytes of bodies; so they bound what is kept, too.
 */
export function keptPiece(bytes: Buffer): Buffer {
  if (bytes.length * MOST_PINNED >= bytes.buffer.byteLength) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
