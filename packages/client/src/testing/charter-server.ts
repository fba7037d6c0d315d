import { createVerifier, staticKeySet } from "@charter/identity";
import { createServer, type Handlers, implement } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { PolicyService } from "./policy-contract.js";

/** An instance of the contract on the chassis' own server. */
export interface CharterServer {
  readonly url: string;
  readonly port: number;
  drain(graceMs: number): Promise<void>;
}

/** Starts one that anybody may call; methods that are left out are not implemented. */
export async function startCharterServer(
  handlers: Partial<Handlers<typeof PolicyService>>,
  port = 0,
): Promise<CharterServer> {
  const server = createServer({
    name: "played",
    implementations: [implement(PolicyService, handlers)],
    verifier: createVerifier({
      service: "played",
      userAudience: "shop",
      userIssuer: "shop.user",
      userKeys: staticKeySet([]),
      serviceKeys: staticKeySet([]),
    }),
    log: createLogger({ service: "played", level: "silent" }),
  });
  const listening = await server.listen({ host: "127.0.0.1", port });
  return { ...listening, drain: (graceMs) => server.drain({ graceMs }) };
}
