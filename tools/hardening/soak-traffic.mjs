// What clients do to a server all day: calls of every kind, given up at any point, over connections that end in every way.
import http2 from "node:http2";
import { connect } from "node:net";

const SERVICE = "/charter.testing.v1.ShelfService";
const MOST_CALLS_OF_CONNECTION = 40;
const PAUSE_MS = 20;
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** The head of a HEADERS frame whose block does not follow. */
const HALF_HEADERS = Buffer.from([0, 0, 50, 1, 4, 0, 0, 0, 1, 0x83]);

/** EchoRequest and ConverseRequest with a text, ListItemsRequest with a count, CountItemsRequest with a quantity: field 1 each. */
const text = (length) => Buffer.concat([Buffer.from([10, length]), Buffer.alloc(length, "x")]);
const number = (value) => Buffer.from([8, value]);

const calls = [
  { method: "Echo", messages: () => [text(100)] },
  { method: "ListItems", messages: () => [number(100)] },
  { method: "CountItems", messages: () => Array.from({ length: 50 }, () => number(3)) },
  { method: "Converse", messages: () => Array.from({ length: 20 }, () => text(50)) },
];

/** Runs lanes of traffic until `stop`; `counts` says what became of it. */
export class SoakTraffic {
  counts = { ok: 0, aborted: 0, refused: 0, failed: 0, connections: 0, halfOpen: 0 };
  #port;
  #stopped = false;
  #lanes;

  constructor(port, lanes) {
    this.#port = port;
    this.#lanes = Array.from({ length: lanes }, () => this.#lane());
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.#lanes);
  }

  async #lane() {
    while (!this.#stopped) {
      if (Math.random() < 0.2) await this.#halfOpen();
      else await this.#connection();
    }
  }

  /** A connection that says part of what it should, or nothing, and then goes. */
  async #halfOpen() {
    this.counts.halfOpen += 1;
    const socket = connect(this.#port, "127.0.0.1");
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const bytes = Buffer.concat([PREFACE, EMPTY_SETTINGS, HALF_HEADERS]);
    socket.write(bytes.subarray(0, Math.floor(Math.random() * bytes.length) + 1));
    socket.resume();
    await pause(Math.random() * 1_000);
    if (Math.random() < 0.5) socket.end();
    else socket.resetAndDestroy();
    await pause(PAUSE_MS);
    socket.destroy();
    await closed;
  }

  async #connection() {
    this.counts.connections += 1;
    const session = http2.connect(`http://127.0.0.1:${this.#port}`);
    session.on("error", () => {});
    const closed = new Promise((resolve) => session.once("close", resolve));
    for (let left = Math.random() * MOST_CALLS_OF_CONNECTION; left > 0 && !this.#stopped; left -= 1) {
      const open = Array.from({ length: 1 + Math.floor(Math.random() * 8) }, () => this.#call(session));
      // In the middle of its calls the connection is lost, now and then.
      if (Math.random() < 0.05) session.socket?.destroy();
      await Promise.all(open);
      if (session.closed || session.destroyed) break;
      await pause(Math.random() * PAUSE_MS);
    }
    if (Math.random() < 0.5) session.close();
    else session.destroy();
    await closed;
  }

  async #call(session) {
    if (session.closed || session.destroyed) return;
    const { method, messages } = calls[Math.floor(Math.random() * calls.length)];
    const stream = session.request({
      ":method": "POST",
      ":path": `${SERVICE}/${method}`,
      "content-type": "application/grpc",
      "grpc-timeout": "5S",
      te: "trailers",
    });
    const abortsAfter = Math.random() < 0.2 ? Math.floor(Math.random() * 4) : Number.POSITIVE_INFINITY;
    this.counts[await outcome(stream, session, messages().map(envelope), abortsAfter)] += 1;
  }
}

/** Sends, reads to the end, and says what came of it; gives up after so many pieces that went out or came in. */
function outcome(stream, session, pieces, abortsAfter) {
  let status;
  let seen = 0;
  let aborted = false;
  const piece = () => {
    seen += 1;
    if (seen <= abortsAfter || aborted) return;
    aborted = true;
    stream.close(http2.constants.NGHTTP2_CANCEL);
    // Else Node may wait for ever for what was still to be written.
    stream.destroy();
  };
  stream.on("error", () => {});
  for (const event of ["response", "trailers"])
    stream.on(event, (fields) => {
      status = fields["grpc-status"] ?? status;
      piece();
    });
  stream.on("data", piece);
  for (const bytes of pieces) {
    if (stream.destroyed || stream.closed) break;
    stream.write(bytes);
    piece();
  }
  if (!stream.destroyed) stream.end();
  return new Promise((resolve) => {
    stream.once("close", () => {
      if (status === "0") resolve("ok");
      else if (aborted || session.destroyed || session.socket === undefined) resolve("aborted");
      else resolve(["4", "8", "14"].includes(status) ? "refused" : "failed");
    });
  });
}

function envelope(message) {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt32BE(message.length, 1);
  message.copy(bytes, 5);
  return bytes;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
