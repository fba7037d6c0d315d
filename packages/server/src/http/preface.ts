import type { Socket } from "node:net";
import type { Clock } from "@charter/time";

/** What every HTTP/2 connection begins with (RFC 9113, 3.4); no HTTP/1.1 request does. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** So many bytes tell the preface from every HTTP/1.1 method. */
const TELLING_BYTES = 3;

/** Whether the first bytes of a connection are those of HTTP/2. */
export function isHttp2(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.byteLength, PREFACE.byteLength);
  return PREFACE.subarray(0, length).equals(bytes.subarray(0, length));
}

/**
 * Looks at a connection's first bytes, at least three, and puts them back; undefined when it ends before it has sent so many.
 *
 * @throws RangeError when they do not come within `patienceMs`
 */
export function firstBytes(
  socket: Socket,
  clock: Clock,
  patienceMs: number,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const settle = (act: () => void) => {
      timer.clear();
      socket.off("readable", onReadable);
      socket.off("end", onEnd);
      socket.off("close", onEnd);
      act();
    };
    const onReadable = () => {
      const bytes: Buffer | null = socket.read();
      if (bytes === null) return;
      seen = Buffer.concat([seen, bytes]);
      if (seen.byteLength < TELLING_BYTES) return;
      socket.unshift(seen);
      settle(() => resolve(seen));
    };
    const onEnd = () => settle(() => resolve(undefined));
    const timer = clock.setTimer(() => settle(() => reject(new RangeError("no bytes came"))), patienceMs);
    socket.on("readable", onReadable);
    socket.once("end", onEnd);
    socket.once("close", onEnd);
  });
}
