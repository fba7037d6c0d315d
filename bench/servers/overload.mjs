// One method with 1 ms of work, everything else as in production.

import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { anonymous } from "@charter/identity";
import { createServer, implement } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { announce } from "./announce.mjs";

const WORK_MS = 1;

function work() {
  const endMs = performance.now() + WORK_MS;
  while (performance.now() < endMs);
}

const shelf = implement(ShelfService, {
  echo: async ({ text }) => {
    work();
    return { text };
  },
});
const server = createServer({
  name: "overload",
  implementations: [shelf],
  wire: "charter",
  // Believes a service, so that the load can say how critical each call is.
  verifier: { verify: async (token) => (token ? { kind: "service", service: "load" } : anonymous) },
  log: createLogger({ service: "overload", destination: { write() {} } }),
});
const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
announce({ port });
