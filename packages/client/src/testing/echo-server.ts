import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import type { ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { EchoService } from "./echo-contract.js";

/** What the echo service does where a test does not say otherwise. */
const echo: ServiceImpl<typeof EchoService> = {
  say: async (request) => request,
  sayKnown: async (request) => request,
  async *count(request) {
    for (let i = 1; i <= Number(request.value); i += 1) yield { value: String(i) };
  },
  async collect(requests) {
    const values: string[] = [];
    for await (const { value } of requests) values.push(value);
    return { value: values.join() };
  },
  async *chat(requests) {
    for await (const { value } of requests) yield { value: value.toUpperCase() };
  },
};

/** A running echo server. */
export interface EchoServer {
  readonly url: string;
  readonly port: number;
  /** Connections that were opened so far. */
  readonly connections: () => number;
  stop(): Promise<void>;
}

/** Serves the echo service over clear-text HTTP/2 on a free port, some of its methods replaced. */
export async function startEchoServer(
  handlers: Partial<ServiceImpl<typeof EchoService>> = {},
  port = 0,
): Promise<EchoServer> {
  const sessions = new Set<ServerHttp2Session>();
  let connections = 0;
  const server = createServer(
    connectNodeAdapter({ routes: (router) => void router.service(EchoService, { ...echo, ...handlers }) }),
  );
  server.on("session", (session) => {
    connections += 1;
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    connections: () => connections,
    stop: () => stop(server, sessions),
  };
}

async function stop(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const session of sessions) session.destroy();
  await closed;
}
