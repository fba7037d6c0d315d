import { servers } from "../lib/contenders.mjs";
import { atLeastTimes } from "../lib/targets.mjs";
import { addUpCall } from "../work/calls.mjs";
import { CALLS_PER_SECOND, CPU_MICROS, measureGrpc } from "./server-workload.mjs";

const { charter, charterOnNode, nodeHttp2, grpcJs, niceGrpc, nestjs, connectNode, grpcGo } = servers;

export const unaryGrpc = {
  name: "unary-grpc",
  title: "Server, unary gRPC over HTTP/2",
  about: "One small order is added up a call; 8 connections with 16 calls in flight each (h2load).",
  needs: ["h2load"],
  measures: [CALLS_PER_SECOND, CPU_MICROS],
  contenders: [charter, charterOnNode, grpcGo, nodeHttp2, grpcJs, niceGrpc, nestjs, connectNode],
  measure: measureGrpc(addUpCall),
  targets: [
    atLeastTimes(1, "grpc-go", "callsPerSecond"),
    atLeastTimes(3, "node-http2", "callsPerSecond"),
    atLeastTimes(5, "grpc-js", "callsPerSecond"),
    atLeastTimes(20, "connect-node", "callsPerSecond"),
  ],
};
