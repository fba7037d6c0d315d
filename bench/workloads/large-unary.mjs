import { servers } from "../lib/contenders.mjs";
import { atLeastTimes } from "../lib/targets.mjs";
import { copyCall } from "../work/calls.mjs";
import { CALLS_PER_SECOND, CPU_MICROS, measureGrpc } from "./server-workload.mjs";

const { charter, charterOnNode, nodeHttp2, grpcJs } = servers;

export const largeUnary = {
  name: "large-unary",
  title: "Server, unary gRPC, 64 KiB each way",
  about:
    "The answer gives back what came; node:http2 with windows of 1 MiB. 8 connections with 16 calls in flight each (h2load).",
  needs: ["h2load"],
  measures: [CALLS_PER_SECOND, CPU_MICROS],
  contenders: [charter, charterOnNode, nodeHttp2, grpcJs],
  measure: measureGrpc(copyCall),
  targets: [atLeastTimes(1, "node-http2", "callsPerSecond")],
};
