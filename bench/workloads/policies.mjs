import { servers } from "../lib/contenders.mjs";
import { addUpCall } from "../work/calls.mjs";
import { CALLS_PER_SECOND, CPU_MICROS, measureGrpc } from "./server-workload.mjs";

const MOST_MICROS = 5;
const { charter, engine } = servers;

export const policies = {
  name: "policies",
  title: "All policies together",
  about:
    "Charter with everything on beside its own HTTP/2 engine with the same decoding, work and encoding and nothing else: the difference " +
    "is what the chassis costs. One small order is added up a call; 8 connections with 16 calls in flight each (h2load).",
  needs: ["h2load"],
  measures: [CPU_MICROS, CALLS_PER_SECOND],
  contenders: [charter, engine],
  measure: measureGrpc(addUpCall),
  targets: [
    {
      says: () => `≤ ${MOST_MICROS} µs of CPU a call`,
      value: (results) => results.median("charter", "cpuMicros") - results.median("engine", "cpuMicros"),
      shows: (value) => `${value.toFixed(1)} µs`,
      most: MOST_MICROS,
    },
  ],
};
