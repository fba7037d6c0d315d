// One HTTP/2 connection that sends the same gRPC calls over and over. It costs the sender next to nothing, so that one core can
// offer many times what another can serve; and it shares no code with the server.
import { connect } from "node:net";

const HEADER_BYTES = 9;
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
/** Room for all answers of a run. */
const WINDOW_BYTES = 2 ** 30;

/** Connects; `call(criticality, ended)` tells `ended("ok" | "shed" | "failed")`. A refusal is an answer without a message. */
export async function openConnection(port, path, message) {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const connection = new RawConnection(socket, path, message);
  return connection;
}

class RawConnection {
  #socket;
  #blocks;
  #data;
  #rest = Buffer.alloc(0);
  #nextId = 1;
  #calls = new Map();
  #out = [];

  constructor(socket, path, message) {
    this.#socket = socket;
    this.#blocks = Object.fromEntries(
      ["sheddable", "default", "critical"].map((it) => [it, headerBlock(path, socket.remotePort, it)]),
    );
    this.#data = envelope(message);
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)));
    const window = Buffer.alloc(4);
    window.writeUInt32BE(WINDOW_BYTES);
    socket.write(frame(8, 0, 0, window));
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => {});
    socket.on("close", () => this.#loseAll());
  }

  /** Calls without an answer yet. */
  get open() {
    return this.#calls.size;
  }

  call(criticality, ended) {
    if (this.#socket.destroyed) return ended("failed");
    const id = this.#nextId;
    this.#nextId += 2;
    this.#calls.set(id, { ended, answered: false });
    if (this.#out.length === 0) setImmediate(() => this.#flush());
    this.#out.push(frame(HEADERS, END_HEADERS, id, this.#blocks[criticality]));
    this.#out.push(frame(DATA, END_STREAM, id, this.#data));
  }

  close() {
    this.#socket.destroy();
  }

  #flush() {
    this.#socket.write(Buffer.concat(this.#out));
    this.#out = [];
  }

  #read(chunk) {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      if (bytes.length - at < HEADER_BYTES + length) break;
      const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
      this.#frame(bytes[at + 3], bytes[at + 4], bytes.readUInt32BE(at + 5), payload);
      at += HEADER_BYTES + length;
    }
    this.#rest = bytes.subarray(at);
  }

  #frame(type, flags, id, payload) {
    if (type === SETTINGS && !(flags & ACK)) this.#socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
    if (type === PING && !(flags & ACK)) this.#socket.write(frame(PING, ACK, 0, payload));
    if (type === GOAWAY) this.#socket.destroy();
    const call = this.#calls.get(id);
    if (!call) return;
    if (type === DATA && payload.length > 0) call.answered = true;
    if (type === RST_STREAM) this.#end(id, call, call.answered ? "ok" : "failed");
    if ((type === DATA || type === HEADERS) && flags & END_STREAM)
      this.#end(id, call, call.answered ? "ok" : "shed");
  }

  #end(id, call, outcome) {
    this.#calls.delete(id);
    call.ended(outcome);
  }

  #loseAll() {
    for (const [id, call] of this.#calls) this.#end(id, call, "failed");
  }
}

function frame(type, flags, id, payload) {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(id, 5);
  payload.copy(bytes, HEADER_BYTES);
  return bytes;
}

function envelope(message) {
  const bytes = Buffer.alloc(5 + message.length);
  bytes.writeUInt32BE(message.length, 1);
  message.copy(bytes, 5);
  return bytes;
}

/** Literal fields that enter no table, so that every call's block is the same bytes (RFC 7541, section 6.2.2). */
function headerBlock(path, port, criticality) {
  const fields = {
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": `127.0.0.1:${port}`,
    "content-type": "application/grpc",
    te: "trailers",
    authorization: "Bearer load",
    "charter-criticality": criticality,
  };
  return Buffer.concat(
    Object.entries(fields).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]),
  );
}

function text(value) {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
}
