import { once } from "node:events";
import { connect, createServer } from "node:net";

/** For how long a client must have sent nothing until what it did send is passed on. */
const QUIET_MS = 30;

/**
 * A network in front of a port that delivers at once what was sent together: a server then has read all of it before it answers the first
 * part. What comes back is not held up. Answers its own port; `close` ends it.
 */
export async function gatheringProxy(port) {
  const listener = createServer((client) => {
    const server = connect({ port, host: "127.0.0.1", ...nextAddress() });
    gather(client, server);
    server.on("data", (bytes) => client.write(bytes));
    server.on("end", () => client.end());
    server.on("close", () => client.destroy());
    client.on("close", () => server.destroy());
    for (const socket of [client, server]) socket.on("error", () => socket.destroy());
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return { port: listener.address().port, close: () => listener.close() };
}

let connections = 0;

/** Each connection comes from an address of its own, where the system has more than one: after a broken rule the server lets an address wait. */
function nextAddress() {
  if (process.platform !== "linux") return {};
  connections += 1;
  return { localAddress: `127.1.${connections >> 8}.${connections & 255}` };
}

function gather(from, to) {
  let gathered = [];
  let timer;
  const pass = () => {
    if (!to.destroyed) to.write(Buffer.concat(gathered));
    gathered = [];
  };
  from.on("data", (bytes) => {
    gathered.push(bytes);
    clearTimeout(timer);
    timer = setTimeout(pass, QUIET_MS);
  });
  from.on("close", () => clearTimeout(timer));
}
