// Charter with every policy on: tokens verified (Ed25519, cached), validation, rates, admission, deadline, metrics, sampled access log.
// Arguments: "node", "general" or "fast".

import { createWriteStream } from "node:fs";
import { contract, loadBuilt } from "../lib/packages.mjs";
import { addUp } from "../lib/work.mjs";

const { createServer, implement } = await loadBuilt("server");
const { createUserTokenIssuer, createVerifier, generateSigningKey, staticKeySet } =
  await loadBuilt("identity");
const { createLogger } = await loadBuilt("telemetry");

const [lane] = process.argv.slice(2);
const key = await generateSigningKey();
const issuer = createUserTokenIssuer({ issuer: "shop.user", audience: "shop", currentKey: () => key });
const { token } = await issuer.issue({ subject: "user-1", roles: [], sessionId: "session-1" });
const server = createServer({
  name: "desk",
  implementations: [implement(contract.DeskService, { addUp: async (request) => addUp(request) })],
  verifier: createVerifier({
    service: "desk",
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys: staticKeySet([key]),
    serviceKeys: staticKeySet([]),
  }),
  log: createLogger({ service: "desk", destination: createWriteStream("/dev/null") }),
  wire: lane === "node" ? "node" : "charter",
  fastLane: lane === "fast",
});
const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
process.send({ port, token });
process.once("disconnect", () => server.drain({ graceMs: 0 }));
