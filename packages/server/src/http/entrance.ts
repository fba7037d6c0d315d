import type { Server, Socket } from "node:net";
import type { TlsKeys } from "./tls-options.js";

/** Where connections come in: in clear text or over TLS. */
export interface Entrance {
  readonly server: Server;
  /**
   * Takes other keys for connections that come from now on.
   *
   * @throws TypeError in clear text, and when `ca` is added or left out
   * @throws Error when the keys cannot be used; the old ones stay
   */
  renewTls(keys: TlsKeys): void;
}

/** Takes over a connection, from the first byte of HTTP on, once it is known which version it speaks. */
export type OnConnection = (socket: Socket, version: "1.1" | "2") => void;
