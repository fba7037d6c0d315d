import type { Socket } from "node:net";
import type { Clock } from "@charter/time";

/** What every HTTP/2 connection begins with (RFC 9113, 3.4); no HTTP/1.1 request does. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

/** Whether the first bytes are those of HTTP/2. Its first three letters already tell it from every HTTP/1.1 method. */
export function isHttp2(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.byteLength, PREFACE.byteLength);
  return PREFACE.subarray(0, length).equals(bytes.subarray(0, length));
}

/**
 * Looks at a connection's first bytes and puts them back; undefined when it ends without any.
 *
 * @throws RangeError when nothing comes within `patienceMs`
 */
export function firstBytes(
  socket: Socket,
  clock: Clock,
  patienceMs: number,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      timer.clear();
      socket.off("readable", onReadable);
      socket.off("close", onClose);
      act();
    };
    const onReadable = () => {
      const bytes: Buffer | null = socket.read();
      if (bytes === null) return;
      socket.unshift(bytes);
      settle(() => resolve(bytes));
    };
    const onClose = () => settle(() => resolve(undefined));
    const timer = clock.setTimer(() => settle(() => reject(new RangeError("no bytes came"))), patienceMs);
    socket.on("readable", onReadable);
    socket.once("close", onClose);
  });
}
