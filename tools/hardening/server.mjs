// The server that is put to the test, in a process of its own: the test contract as a production server serves it. The argument is the wire.
import { ShelfService } from "../../gen/charter/dist/charter/testing/v1/shelf_service_pb.js";
import { createServer, implement } from "../../packages/server/dist/index.js";
import { createLogger } from "../../packages/telemetry/dist/index.js";

const [wire = "charter"] = process.argv.slice(2);
const server = createServer({
  name: "hardening",
  wire,
  implementations: [
    implement(ShelfService, {
      echo: async ({ text, quantity }) => ({ text, quantity }),
      async *listItems({ count }) {
        for (let index = 0; index < count; index += 1) yield { index };
      },
      countItems: async (requests) => {
        let sum = 0n;
        for await (const { quantity } of requests) sum += BigInt(quantity);
        return { sum };
      },
      async *converse(requests) {
        for await (const { text } of requests) yield { text: `${text}?` };
      },
    }),
  ],
  verifier: { verify: async () => ({ kind: "anonymous" }) },
  log: createLogger({ service: "hardening", level: "error", destination: process.stderr }),
});

const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
process.send({ port });
process.on("message", (asked) => process.send({ asked, state: state() }));
// Ends with whoever started it, however that ends.
process.once("disconnect", () => server.drain({ graceMs: 1_000 }).then(() => process.exit(0)));

/** What it holds when all garbage is gone. */
function state() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss, resources: process.getActiveResourcesInfo() };
}
