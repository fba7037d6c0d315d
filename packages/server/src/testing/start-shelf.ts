import { createLogger } from "@charter/telemetry";
import { createServer, type Server, type ServerOptions } from "../index.js";
import { plainVerifier } from "./plain-verifier.js";
import { shelfImplementation } from "./shelf-implementation.js";

/** A test server on a free port, with what it logged. */
export interface StartedShelf {
  readonly url: string;
  readonly port: number;
  /** Where the admin port is, when one was asked for. */
  readonly adminUrl: string | undefined;
  readonly server: Server;
  /** The lines logged so far, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  stop(): Promise<void>;
}

/** @param at The port; any free one by default. */
export async function startShelf(options: Partial<ServerOptions> = {}, at = 0): Promise<StartedShelf> {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const server = createServer({
    name: "shelf",
    implementations: [shelfImplementation()],
    verifier: plainVerifier,
    log: createLogger({ service: "shelf", level: "debug", destination }),
    ...options,
  });
  const { url, port, adminUrl } = await server.listen({ host: "127.0.0.1", port: at });
  return { url, port, adminUrl, server, lines, stop: () => server.drain({ graceMs: 0 }) };
}
