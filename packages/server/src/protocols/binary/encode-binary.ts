import { type DescMessage, type Message, toBinary } from "@bufbuild/protobuf";
import { compileWriter } from "./compile-writer.js";
import { LastingWriter } from "./lasting-writer.js";

/** A writer that has written a longer message is not kept, for it keeps as much memory. */
const MAX_KEPT_BYTES = 1_048_576;

let writer = new LastingWriter();

/**
 * As the library's `toBinary`, which makes a writer with memory of its own for each message; here one writes them all.
 *
 * @throws what `toBinary` throws for a message that cannot be written
 */
export function encodeBinary(desc: DescMessage, message: Message): Uint8Array<ArrayBuffer> {
  const write = compileWriter(desc);
  if (!write) return toBinary(desc, message);
  try {
    write(writer, message);
    const bytes = writer.finish();
    if (bytes.length > MAX_KEPT_BYTES) writer = new LastingWriter();
    return bytes;
  } catch {
    writer = new LastingWriter();
    // It says what is wrong with the message.
    return toBinary(desc, message);
  }
}
