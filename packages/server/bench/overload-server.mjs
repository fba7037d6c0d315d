// The server of overload.mjs: one method with 1 ms of work, everything else as in production. Says its port on standard output.
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { anonymous } from "@charter/identity";
import { createServer, implement } from "@charter/server";
import { createLogger } from "@charter/telemetry";

const WORK_MS = 1;

function work() {
  const endMs = performance.now() + WORK_MS;
  while (performance.now() < endMs);
}

const server = createServer({
  name: "overload",
  implementations: [
    implement(ShelfService, {
      echo: async ({ text }) => {
        work();
        return { text };
      },
    }),
  ],
  // Believes a service, so that the load can say how critical each call is.
  wire: process.argv[2] ?? "node",
  verifier: { verify: async (token) => (token ? { kind: "service", service: "load" } : anonymous) },
  log: createLogger({ service: "overload", destination: { write() {} } }),
});

const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${port}\n`);
// Ends with whoever started it, however that ends.
process.stdin.resume().once("end", () => server.drain({ graceMs: 1_000 }).then(() => process.exit(0)));
