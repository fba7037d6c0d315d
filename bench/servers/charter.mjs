// Charter with every policy on: tokens verified (Ed25519, cached), validation, rates, admission, deadline, metrics, and an access log of one
// line in a hundred calls, as the contract says. Argument: "charter" or "node", what speaks HTTP/2.

import { createWriteStream } from "node:fs";
import { createUserTokenIssuer, createVerifier, generateSigningKey, staticKeySet } from "@charter/identity";
import { createServer, implement } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { addUp, copy, DeskService, prices } from "../work/desk.mjs";
import { announce } from "./announce.mjs";

const [wire] = process.argv.slice(2);
const key = await generateSigningKey();
const issuer = createUserTokenIssuer({ issuer: "shop.user", audience: "shop", currentKey: () => key });
const { token } = await issuer.issue({ subject: "user-1", roles: [], sessionId: "session-1" });
const desk = implement(DeskService, {
  addUp: async (request) => addUp(request),
  copy: async (request) => copy(request),
  listPrices: (request) => prices(request),
});
const server = createServer({
  name: "desk",
  implementations: [desk],
  verifier: createVerifier({
    service: "desk",
    userAudience: "shop",
    userIssuer: "shop.user",
    userKeys: staticKeySet([key]),
    serviceKeys: staticKeySet([]),
  }),
  log: createLogger({ service: "desk", destination: createWriteStream("/dev/null") }),
  wire,
});
const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
announce({ port, token });
