// The server under test: one per set of properties that the runner asks for. The first argument is the wire.
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { createServer, implement } from "../../packages/server/dist/index.js";
import { createLogger } from "../../packages/telemetry/dist/index.js";
import { loadContract, serverReceiveLimit } from "./contract.mjs";
import { readFrames, writeFrame } from "./frames.mjs";
import { conformanceHandlers } from "./handlers.mjs";

const [wire = "charter"] = process.argv.slice(2);
const contract = loadContract();
const frames = readFrames(process.stdin);
const { value: asked } = await frames.next();
const { messageReceiveLimit } = fromBinary(contract.message("ServerCompatRequest"), asked);
if (messageReceiveLimit !== serverReceiveLimit)
  throw new Error(
    `the suite asks for a limit of ${messageReceiveLimit} and the contract has ${serverReceiveLimit}`,
  );
const server = createServer({
  name: "conformance",
  wire,
  // The suite counts the details of every error and knows only those of its own service.
  chassisDetails: false,
  implementations: [implement(contract.service, conformanceHandlers(contract))],
  verifier: { verify: async () => ({ kind: "anonymous" }) },
  log: createLogger({ service: "conformance", level: "fatal", destination: process.stderr }),
});
const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
const answer = { $typeName: "connectrpc.conformance.v1.ServerCompatResponse", host: "127.0.0.1", port };
writeFrame(
  process.stdout,
  toBinary(contract.message("ServerCompatResponse"), { ...answer, pemCert: new Uint8Array() }),
);
process.once("SIGTERM", () => server.drain({ graceMs: 0 }).then(() => process.exit(0)));
