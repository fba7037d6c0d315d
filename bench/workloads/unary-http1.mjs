import { isDeepStrictEqual } from "node:util";
import { servers } from "../lib/contenders.mjs";
import { atLeastTimes } from "../lib/targets.mjs";
import { probeHttp1 } from "../load/probe.mjs";
import { loadHttp1 } from "../load/wrk.mjs";
import { addUpCall } from "../work/calls.mjs";
import { order, orderTotal, unwrapped } from "../work/desk.mjs";
import { CALLS_PER_SECOND, CPU_MICROS, measureServer } from "./server-workload.mjs";

const { charter, nodeHttp, connectNodeHttp1, fastify } = servers;
const { path } = addUpCall;
const bigintsAsNumbers = (_, value) => (typeof value === "bigint" ? Number(value) : value);

const protobuf = {
  path,
  contentType: "application/proto",
  body: unwrapped(addUpCall.body),
  isRight: (body) => body.equals(unwrapped(addUpCall.answer)),
};
const json = {
  path,
  contentType: "application/json",
  body: JSON.stringify(order, bigintsAsNumbers),
  isRight: (body) =>
    isDeepStrictEqual(JSON.parse(body), JSON.parse(JSON.stringify(orderTotal, bigintsAsNumbers))),
};

export const unaryHttp1 = {
  name: "unary-http1",
  title: "Server, unary Connect over HTTP/1.1",
  about: "One small order is added up a call; 64 connections (wrk). Charter stands on node:http here.",
  needs: ["wrk"],
  measures: [CALLS_PER_SECOND, CPU_MICROS],
  contenders: [charter, nodeHttp, connectNodeHttp1, fastify],
  measure(contender, settings) {
    const request = contender === fastify ? json : protobuf;
    return measureServer(contender, settings, {
      probe: (server) => probeHttp1(server, request),
      load: (server) => loadHttp1(server, request, settings),
    });
  },
  targets: [
    atLeastTimes(0.8, "node-http", "callsPerSecond"),
    atLeastTimes(3.5, "connect-node", "callsPerSecond"),
    atLeastTimes(0.7, "fastify", "callsPerSecond"),
  ],
};
