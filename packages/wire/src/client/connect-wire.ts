import net from "node:net";
import tls from "node:tls";
import { WireConnection, type WireConnectionOptions } from "./wire-connection.js";

const ALPN_PROTOCOL = "h2";

export interface ConnectWireOptions extends WireConnectionOptions {
  host: string;
  port: number;
  /** Speaks TLS and agrees on HTTP/2 by ALPN; default: clear text by prior knowledge. */
  tls?: tls.ConnectionOptions;
}

/**
 * Connects to a server. Requests may be opened at once; they wait for the connection, and are refused, certainly not processed, where it does
 * not come about within `prefaceTimeoutMs`.
 */
export function connectWire(options: ConnectWireOptions): WireConnection {
  const { host, port } = options;
  if (!options.tls) return new WireConnection(net.connect({ host, port, noDelay: true }), options, "connect");
  const socket = tls.connect({
    ...options.tls,
    host,
    port,
    ALPNProtocols: [ALPN_PROTOCOL],
  });
  socket.setNoDelay(true);
  // Before the connection's own listener, so that it never sends anything to a server of another protocol.
  socket.once("secureConnect", () => {
    if (socket.alpnProtocol !== ALPN_PROTOCOL) socket.destroy(new Error("the server does not speak HTTP/2"));
  });
  return new WireConnection(socket, options, "secureConnect");
}
