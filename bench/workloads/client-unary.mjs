import { clients, servers } from "../lib/contenders.mjs";
import { LOAD_CORE } from "../lib/cores.mjs";
import { node, output } from "../lib/process.mjs";
import { serve } from "../lib/serve.mjs";
import { atMostTimes } from "../lib/targets.mjs";
import { CALLS_PER_SECOND, CPU_MICROS } from "./server-workload.mjs";

const { charter, charterOnNode, http2Request, grpcJs, connectNode } = clients;

export const clientUnary = {
  name: "client-unary",
  title: "Client, unary gRPC over HTTP/2",
  about:
    "64 calls in flight against one server, Charter's engine without policies, for all clients. Charter's client keeps deadlines, retries, " +
    "breaker, balancing, identity and metrics; each answer is decoded and checked.",
  needs: [],
  measures: [CPU_MICROS, CALLS_PER_SECOND],
  contenders: [charter, charterOnNode, http2Request, grpcJs, connectNode],
  measure: measureClient,
  targets: [atMostTimes(0.15, "grpc-js", "cpuMicros"), atMostTimes(0.07, "connect-node", "cpuMicros")],
};

async function measureClient(contender, { seconds, warmUpSeconds, profile }) {
  const server = await serve(servers.engine);
  try {
    const args = [...contender.args, server.port, warmUpSeconds, seconds].map(String);
    return JSON.parse(await output(node(contender.script, args, profile), LOAD_CORE));
  } finally {
    await server.stop();
  }
}
