import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import { WireServer, type WireServerOptions } from "../server/wire-server.js";
import { answering } from "./answering.js";
import { pskServerOptions } from "./psk.js";

/** A WireServer that listens on a port of this machine. */
export interface Served {
  readonly wire: WireServer;
  readonly port: number;
  /** Why connections ended, in order. */
  readonly overs: (Error | undefined)[];
  stop(): Promise<void>;
}

/** Serves `answering`, or another handler, over clear text or TLS. */
export async function serve(
  options: Partial<WireServerOptions> = {},
  transport: "tcp" | "tls" = "tcp",
): Promise<Served> {
  const overs: (Error | undefined)[] = [];
  const wire = new WireServer({
    onRequest: answering,
    onConnectionOver: (error) => overs.push(error),
    ...options,
  });
  const accept = (socket: net.Socket) => wire.accept(socket);
  const listener =
    transport === "tls"
      ? tls.createServer(pskServerOptions, accept)
      : net.createServer({ noDelay: true }, accept);
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    wire,
    port: (listener.address() as AddressInfo).port,
    overs,
    async stop() {
      const closed = new Promise((resolve) => listener.close(resolve));
      await Promise.all([wire.close(), closed]);
    },
  };
}
