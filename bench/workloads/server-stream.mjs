import { servers } from "../lib/contenders.mjs";
import { atLeastTimes } from "../lib/targets.mjs";
import { listPricesCall } from "../work/calls.mjs";
import { measureGrpc } from "./server-workload.mjs";

const { charter, charterOnNode, nodeHttp2, grpcJs, connectNode } = servers;
const { messages } = listPricesCall;
const measure = measureGrpc(listPricesCall);

export const serverStream = {
  name: "server-stream",
  title: `Server, gRPC stream of ${messages} small messages`,
  about:
    "Each message is made and encoded by itself; node:http2 writes all of a stream at once. 8 connections with 16 streams each (h2load).",
  needs: ["h2load"],
  measures: [
    { key: "messagesPerSecond", label: "messages/s", digits: 0 },
    { key: "cpuMicros", label: "CPU µs a message", digits: 2 },
  ],
  contenders: [charter, charterOnNode, nodeHttp2, grpcJs, connectNode],
  async measure(contender, settings) {
    const { callsPerSecond, cpuMicros } = await measure(contender, settings);
    return { messagesPerSecond: callsPerSecond * messages, cpuMicros: cpuMicros / messages };
  },
  targets: [
    atLeastTimes(1, "node-http2", "messagesPerSecond"),
    atLeastTimes(4, "grpc-js", "messagesPerSecond"),
  ],
};
