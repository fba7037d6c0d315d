import { createVerifier, staticKeySet } from "@charter/identity";
import { createServer, type Handlers, implement, type ServerOptions } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { type Clock, systemClock } from "@charter/time";
import { PolicyService } from "./policy-contract.js";

/** An instance of the contract on the chassis' own server. */
export interface CharterServer {
  readonly url: string;
  readonly port: number;
  drain(graceMs: number): Promise<void>;
}

/**
 * No time passes between two looks at it, so a server that has it never takes itself for overloaded because the machine is: it would refuse
 * calls that a test counts, and their caller would hold back the next ones. Its timers run.
 */
const unhurried: Clock = { ...systemClock, monotonicMs: () => 0 };

/** Starts one that anybody may call; methods that are left out are not implemented. */
export async function startCharterServer(
  handlers: Partial<Handlers<typeof PolicyService>>,
  port = 0,
  options: Pick<ServerOptions, "tls" | "wire"> = {},
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
    clock: unhurried,
    ...options,
  });
  const listening = await server.listen({ host: "127.0.0.1", port });
  return { ...listening, drain: (graceMs) => server.drain({ graceMs }) };
}
