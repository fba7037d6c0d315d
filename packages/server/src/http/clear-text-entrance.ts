import { createServer } from "node:net";
import type { Clock } from "@charter/time";
import { FIRST_BYTES_MS } from "./bounds.js";
import type { Entrance, OnConnection } from "./entrance.js";
import { firstBytes, isHttp2 } from "./preface.js";

/** Takes connections in clear text and tells by their first bytes which HTTP each speaks. */
export function createClearTextEntrance(onConnection: OnConnection, clock: Clock): Entrance {
  const server = createServer({ noDelay: true }, (socket) => {
    firstBytes(socket, clock, FIRST_BYTES_MS).then(
      (bytes) => bytes && onConnection(socket, isHttp2(bytes) ? "2" : "1.1"),
      () => socket.destroy(),
    );
  });
  return {
    server,
    renewTls() {
      throw new TypeError("the port speaks clear text");
    },
  };
}
