// Runs h2spec, in strict mode, against a server on the wire "charter": `node tools/run.mjs h2spec`. It needs Go, by which it is fetched and
// built; without Go it is skipped, which is no pass. Further arguments go to h2spec, e.g. `http2/6.9` for one section.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { GoTool } from "../go-tool.mjs";
import { gatheringProxy } from "./gathering-proxy.mjs";
import { startServer } from "./server-process.mjs";

/** For what must come. */
const TIMEOUT_SECONDS = "5";

const h2spec = new GoTool({
  module: "github.com/summerwind/h2spec",
  package: "cmd/h2spec",
  release: "v2.2.1+incompatible",
});

if (h2spec.isAvailable) {
  const program = h2spec.program();
  const server = await startServer("charter");
  // h2spec asks for what is not there, and often in pieces: an answer that overtakes the piece that matters would spoil the case.
  const proxy = await gatheringProxy(server.port);
  const target = ["--host", "127.0.0.1", "--port", String(proxy.port)];
  const args = ["--strict", "--timeout", TIMEOUT_SECONDS, ...target, ...process.argv.slice(2)];
  [process.exitCode] = await once(spawn(program, args, { stdio: "inherit" }), "exit");
  proxy.close();
  await server.stop();
}
