import { readFileSync } from "node:fs";

const folder = new URL("..", import.meta.url);

const installed = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, folder), "utf8")).version;

/** The version of a Go module that a contender is built with. */
const required = (file, module) =>
  new RegExp(`${module} v(\\S+)`).exec(readFileSync(new URL(file, folder), "utf8"))?.[1];

/** A server in Node: `script` in `servers/`. `label` is how tables and pictures name it. */
const nodeServer = (name, label, script, ...args) => ({
  name,
  label,
  needs: [],
  script: `servers/${script}`,
  args,
});

/** Every server that is measured, by the name that `--peers` takes. */
export const servers = {
  charter: nodeServer("charter", "Charter", "charter.mjs", "charter"),
  charterOnNode: nodeServer("charter-node", 'Charter, wire "node"', "charter.mjs", "node"),
  engine: nodeServer("engine", "Charter's engine without Charter", "engine.mjs"),
  overloaded: nodeServer("charter", "Charter", "overload.mjs"),
  nodeHttp2: nodeServer("node-http2", "node:http2", "node-http2.mjs"),
  nodeHttp: nodeServer("node-http", "node:http", "node-http.mjs"),
  connectNode: nodeServer(
    "connect-node",
    `connect-node ${installed("@connectrpc/connect-node")}`,
    "connect-node.mjs",
    "http2",
  ),
  connectNodeHttp1: nodeServer(
    "connect-node",
    `connect-node ${installed("@connectrpc/connect-node")}`,
    "connect-node.mjs",
    "http1",
  ),
  grpcJs: nodeServer("grpc-js", `grpc-js ${installed("@grpc/grpc-js")}`, "grpc-js.mjs"),
  niceGrpc: nodeServer("nice-grpc", `nice-grpc ${installed("nice-grpc")}`, "nice-grpc.mjs"),
  nestjs: nodeServer("nestjs", `NestJS ${installed("@nestjs/core")} gRPC`, "nestjs.mjs"),
  fastify: nodeServer("fastify", `Fastify ${installed("fastify")}, JSON`, "fastify.mjs"),
  grpcGo: {
    name: "grpc-go",
    label: `grpc-go ${required("servers/grpc-go/go.mod", "google.golang.org/grpc")}`,
    needs: ["go"],
    goModule: "servers/grpc-go",
  },
};

/** A client: `script` in `clients/`. */
const client = (name, label, script, ...args) => ({
  name,
  label,
  needs: [],
  script: `clients/${script}`,
  args,
});

/** Every client that is measured, by the name that `--peers` takes. */
export const clients = {
  charter: client("charter", "Charter", "charter.mjs", "charter"),
  charterOnNode: client("charter-node", 'Charter, wire "node"', "charter.mjs", "node"),
  http2Request: client("node-http2", "http2.request", "node-http2.mjs"),
  grpcJs: client("grpc-js", `grpc-js ${installed("@grpc/grpc-js")}`, "grpc-js.mjs"),
  connectNode: client(
    "connect-node",
    `connect-node ${installed("@connectrpc/connect-node")}`,
    "connect-node.mjs",
  ),
};
