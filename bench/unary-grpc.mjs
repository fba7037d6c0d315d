// Unary gRPC, server side: Charter with all policies on, in each of its lanes, beside grpc-js and node:http2 without any.
// --rounds=5 --seconds=3 --only=fast,node-http2 --profile=<directory>

import { parseArgs } from "node:util";
import { measure } from "./lib/load.mjs";
import { assertAnswers, serve } from "./lib/serve.mjs";

const peers = {
  "node-http2": { label: "bare node:http2", script: "node-http2.mjs" },
  "grpc-js": { label: "bare @grpc/grpc-js", script: "grpc-js.mjs" },
  node: { label: 'charter, wire "node"', script: "charter.mjs", args: ["node"] },
  general: { label: 'charter, wire "charter", general lane', script: "charter.mjs", args: ["general"] },
  fast: { label: 'charter, wire "charter", fast lane', script: "charter.mjs", args: ["fast"] },
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    only: { type: "string", default: Object.keys(peers).join(",") },
    profile: { type: "string" },
  },
});
const chosen = values.only.split(",").map((name) => {
  if (!peers[name]) throw new Error(`no peer ${name}; there are ${Object.keys(peers).join(", ")}`);
  return { name, ...peers[name], runs: [] };
});

for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const peer of chosen) {
    const server = await serve(peer, values.profile);
    try {
      await assertAnswers(server);
      peer.runs.push(await measure(server, Number(values.seconds)));
    } finally {
      await server.stop();
    }
  }
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const [base] = chosen;
const baseRate = median(base.runs.map((it) => it.perSecond));
process.stdout.write(
  `node ${process.version}, ${values.rounds} rounds of ${values.seconds} s; ratios to ${base.label}\n`,
);
for (const { label, runs } of chosen) {
  const rates = runs.map((it) => it.perSecond);
  const rate = median(rates);
  const spread = (Math.max(...rates) - Math.min(...rates)) / rate;
  const cpu = median(runs.map((it) => it.cpuMicros)).toFixed(1);
  const line = [label.padEnd(40), `x ${(rate / baseRate).toFixed(2)}`, `${Math.round(rate)} calls/s`];
  process.stdout.write(
    `${[...line, `spread ${Math.round(spread * 100)} %`, `${cpu} us CPU a call`].join("  ")}\n`,
  );
}
