import { Duplex } from "node:stream";

/** A socket without a network: what is written to it is counted and dropped, what comes is given to it. */
export class MemorySocket extends Duplex {
  writtenBytes = 0;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writtenBytes += chunk.length;
    done();
  }
}
