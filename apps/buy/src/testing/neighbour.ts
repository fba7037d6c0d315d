import { createVerifier, directoryKeySet, type SigningKey, staticKeySet } from "@charter/identity";
import { createServer, type Implementation } from "@charter/server";
import type { Logger } from "@charter/telemetry";

/** Another service of the shop, played by a real server. */
export interface Neighbour {
  readonly url: string;
  /** Ends it, as if it had died. Stopping twice is a no-op. */
  stop(): Promise<void>;
}

export interface NeighbourOptions {
  readonly name: "user" | "discount" | "delivery";
  readonly implementations?: readonly Implementation[];
  readonly identityDirectory: string;
  readonly userKey: SigningKey;
  readonly log: Logger;
}

/** Starts a neighbour on a free port. The one called "user" publishes the key of the users' tokens. */
export async function startNeighbour(options: NeighbourOptions): Promise<Neighbour> {
  const { name, implementations = [], identityDirectory, userKey, log } = options;
  const server = createServer({
    name,
    implementations,
    verifier: createVerifier({
      service: name,
      userAudience: "shop",
      userIssuer: "shop.user",
      userKeys: staticKeySet([userKey]),
      serviceKeys: directoryKeySet(identityDirectory),
    }),
    log,
    wellKnown: { "/.well-known/jwks.json": async () => ({ keys: [userKey.publicJwk] }) },
  });
  const { url } = await server.listen({ host: "127.0.0.1", port: 0 });
  return { url, stop: () => server.drain({ graceMs: 0 }) };
}
