import { createServer, type Implementation } from "@charter/server";
import { createLogger } from "@charter/telemetry";

/** A service that a test plays, on a port of its own. */
export interface PlayedServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves an implementation to the buy service, whatever token it brings. */
export async function playServer(name: string, implementation: Implementation): Promise<PlayedServer> {
  const server = createServer({
    name,
    implementations: [implementation],
    verifier: { verify: async () => ({ kind: "service", service: "buy" }) },
    log: createLogger({ service: name, level: "silent" }),
  });
  const { url } = await server.listen({ host: "127.0.0.1", port: 0 });
  return { url, close: () => server.drain({ graceMs: 0 }) };
}
