// How the runner and the program under test speak: messages, each after four bytes of length, over stdin and stdout.
const HEAD_BYTES = 4;

/** The messages that come in, as bytes, until the runner closes the stream. */
export async function* readFrames(input) {
  let rest = Buffer.alloc(0);
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEAD_BYTES && rest.length >= HEAD_BYTES + rest.readUInt32BE(0)) {
      const end = HEAD_BYTES + rest.readUInt32BE(0);
      yield rest.subarray(HEAD_BYTES, end);
      rest = rest.subarray(end);
    }
  }
}

export function writeFrame(output, bytes) {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(bytes.length, 0);
  output.write(Buffer.concat([head, bytes]));
}
