// The process that attacks: so many connections, each replaced when it is lost. Arguments: the attack, the port, the connections. It attacks
// from the message "begin" to the message "end".
import { once } from "node:events";
import { connect } from "node:net";
import { getPriority, setPriority } from "node:os";
import { attacks } from "./catalogue.mjs";
import { greeting, settings, settingsAck, types, uint32Frame } from "./frames.mjs";

/** Below the honest client, with which it shares a core. */
const LOWER_BY = 10;
/** Of an address of its own, so that a server could tell it from others. */
const ADDRESS = "127.0.0.2";
const RECONNECT_MS = 1;

const [name, port, count] = process.argv.slice(2);
const attack = attacks[name];
const pauseMs = attack.pauseMs && attack.pauseMs * (attack.shared ? Number(count) : 1);
const sockets = new Set();
const told = { connections: 0, bytes: 0 };
const over = Promise.withResolvers();
let ended = false;

setPriority(getPriority() + LOWER_BY);
process.on("message", (message) => {
  if (message === "begin") for (let left = Number(count); left > 0; left -= 1) void lane();
  if (message === "end") end();
});
process.once("disconnect", () => process.exit(0));
process.send("ready");

async function lane() {
  while (!ended) {
    await connection();
    await pause(RECONNECT_MS);
  }
}

/** One connection, from its beginning to when it is lost. */
async function connection() {
  // It goes on when the server has said that it will not.
  const socket = connect({
    port: Number(port),
    host: "127.0.0.1",
    localAddress: ADDRESS,
    noDelay: true,
    allowHalfOpen: true,
  });
  sockets.add(socket);
  told.connections += 1;
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => socket.destroy());
  if (attack.reads === false) socket.pause();
  else socket.resume();
  await Promise.race([once(socket, "connect").catch(() => {}), closed]);
  await send(socket, closed);
  await Promise.race([closed, over.promise]);
  sockets.delete(socket);
}

async function send(socket, closed) {
  const ids = new Ids();
  // Pieces of all connections are spread over the pause.
  await pause(Math.random() * (pauseMs ?? 0));
  if (attack.greets !== false) await write(socket, greet(attack.window), closed);
  if (attack.begin) await write(socket, attack.begin(ids), closed);
  while (socket.writable && !ended) {
    await write(socket, attack.next(ids), closed);
    await (pauseMs === undefined ? new Promise((resolve) => setImmediate(resolve)) : pause(pauseMs));
  }
}

function greet(window) {
  const connectionWindow = window > 0 ? [uint32Frame(types.windowUpdate, 0, window)] : [];
  return Buffer.concat([greeting, settings(window), settingsAck, ...connectionWindow]);
}

/** Sends, and waits until the server takes more. */
async function write(socket, bytes, closed) {
  if (!socket.writable) return;
  told.bytes += bytes.length;
  if (!socket.write(bytes))
    await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed, over.promise]);
}

/** Ids of a client's streams, in order. */
class Ids {
  first = 1;
  #last = -1;

  next() {
    this.#last += 2;
    return this.#last;
  }
}

function end() {
  ended = true;
  over.resolve();
  for (const socket of sockets) socket.resetAndDestroy();
  process.send(told);
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
