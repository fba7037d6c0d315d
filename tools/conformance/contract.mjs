// The suite's contract, as the runner's own release has it, with the policy that the suite's cases need.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { root } from "../root.mjs";

/** Where everything lies that is fetched or made for the suite; ignored by git. */
export const folder = `${root}.charter/conformance/`;

const image = `${folder}contract.binpb`;
/** The limits that the suite asks of servers and of clients. */
export const serverReceiveLimit = 204_800;
export const clientReceiveLimit = 1_048_576;

// Nothing of the chassis' own may come between: the suite calls as fast as it can, and some of its cases wait.
const policy = `option (charter.v1.service) = {
    auth: {public: true}
    deadline: {default_ms: 20000, max_ms: 60000}
    payload: {max_request_bytes: ${serverReceiveLimit}, max_response_bytes: ${clientReceiveLimit}}
    concurrency: {max_in_flight: 1000, adaptive: false, max_queue: 1000, max_queue_time_ms: 10000}
    criticality: CRITICALITY_CRITICAL
    breaker: {failure_ratio: 1, min_calls: 1000000}
    retry: {max_attempts: 1}
  };`;

/** Builds the contract from the protos in `source`, a folder of the runner's release. */
export function buildContract(source) {
  const protos = `${folder}proto`;
  rmSync(protos, { recursive: true, force: true });
  mkdirSync(protos, { recursive: true });
  // Copies out of Go's module cache are read-only, so each is written anew.
  for (const name of ["client_compat", "config", "server_compat", "service"]) {
    const path = `connectrpc/conformance/v1/${name}.proto`;
    put(join(protos, path), readFileSync(join(source, path), "utf8"), name === "service");
  }
  cpSync(`${root}proto/charter/v1`, `${protos}/charter/v1`, { recursive: true });
  writeFileSync(`${folder}buf.yaml`, "version: v2\nmodules:\n  - path: proto\n");
  const args = ["build", "--path", "proto/connectrpc", "-o", image];
  execFileSync(`${root}node_modules/.bin/buf`, args, { cwd: folder, stdio: "inherit" });
}

function put(file, text, isService) {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, isService ? withPolicy(text) : text);
}

function withPolicy(text) {
  const opening = "service ConformanceService {";
  if (!text.includes(opening)) throw new Error("the suite's service has another name now");
  return text
    .replace(opening, `${opening}\n  ${policy}`)
    .replace('import "google/protobuf/any.proto";', 'import "charter/v1/options.proto";\n$&');
}

/** The suite's messages and service. */
export function loadContract() {
  const files = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
  const message = (name) => files.getMessage(`connectrpc.conformance.v1.${name}`);
  return { files, message, service: files.getService("connectrpc.conformance.v1.ConformanceService") };
}
