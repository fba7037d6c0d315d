import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session, type Settings } from "node:http2";
import type { AddressInfo } from "node:net";
import type { ConnectRouter, HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { PolicyService } from "./policy-contract.js";

/** Answers every unary method of the contract. */
export type Play = (value: string, context: HandlerContext) => Promise<string>;

/** Never answers; ends when its caller or its server has gone. */
export const hang: Play = (_, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** One running instance of the contract. */
export interface Instance {
  readonly url: string;
  readonly port: number;
  /** Unary calls that reached a handler, by method name. */
  readonly seen: Map<string, number>;
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** What it does from now on. Default: echo. */
  play: Play;
  stop(): Promise<void>;
}

export interface InstanceOptions {
  readonly port?: number;
  readonly settings?: Settings;
  /** More services. */
  readonly routes?: (router: ConnectRouter) => void;
}

/** Starts an instance in this process, over clear-text HTTP/2. */
export async function startInstance({ port = 0, settings, routes }: InstanceOptions = {}): Promise<Instance> {
  const sessions = new Set<ServerHttp2Session>();
  const seen = new Map<string, number>();
  const adapter = connectNodeAdapter({
    routes: (router) => {
      router.service(
        PolicyService,
        handlersOf(() => instance, seen),
      );
      routes?.(router);
    },
  });
  const server = createServer(settings ? { settings } : {}, adapter);
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  const address = server.address() as AddressInfo;
  const instance: Instance = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    seen,
    sessions,
    play: async (value) => value,
    stop: () => stop(server, sessions),
  };
  return instance;
}

function handlersOf(
  instance: () => Instance,
  seen: Map<string, number>,
): Partial<ServiceImpl<typeof PolicyService>> {
  const unary = async ({ value }: { value: string }, context: HandlerContext) => {
    const { name } = context.method;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { value: await instance().play(value, context) };
  };
  const methods = PolicyService.methods.filter(({ methodKind }) => methodKind === "unary");
  return {
    ...Object.fromEntries(methods.map(({ localName }) => [localName, unary])),
    async *watch({ value }, context) {
      seen.set("Watch", (seen.get("Watch") ?? 0) + 1);
      yield { value: await instance().play(value, context) };
    },
  };
}

async function stop(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  for (const session of sessions) session.destroy();
  await closed;
}
