import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** Fewer bytes are copied twice at less cost than a piece has. */
const MIN_APART_BYTES = 8_192;

/** A writer for one message after the other, which copies long bytes once instead of twice. */
export class LastingWriter extends BinaryWriter {
  /** Written before what the base class holds; long bytes among it are the message's own. */
  #before: Uint8Array[] = [];
  /** How many lengths are not known yet. What was written since the first of them must stay together. */
  #open = 0;

  override fork(): this {
    this.#open += 1;
    return super.fork();
  }

  override join(): this {
    this.#open -= 1;
    return super.join();
  }

  override bytes(value: Uint8Array): this {
    if (this.#open > 0 || value.byteLength < MIN_APART_BYTES) return super.bytes(value);
    this.uint32(value.byteLength);
    this.#before.push(super.finish(), value);
    return this;
  }

  override finish(): Uint8Array<ArrayBuffer> {
    const rest = super.finish();
    if (this.#before.length === 0) return rest;
    const pieces = [...this.#before, rest];
    this.#before = [];
    return Buffer.concat(pieces);
  }
}
