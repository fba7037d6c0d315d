// Puts third-party .proto files into the git-ignored third_party/proto/, from packages that the lockfile pins, so that buf
// needs no schema registry.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { file_buf_validate_validate as validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { printProto } from "./print-proto.mjs";
import { root } from "./root.mjs";

/** Path below third_party/proto -> [package, path inside it]. */
const copies = {
  "google/rpc/code.proto": ["google-proto-files", "google/rpc/code.proto"],
  "google/rpc/error_details.proto": ["google-proto-files", "google/rpc/error_details.proto"],
  "google/rpc/status.proto": ["google-proto-files", "google/rpc/status.proto"],
  "grpc/health/v1/health.proto": ["grpc-health-check", "proto/health/v1/health.proto"],
  "grpc/reflection/v1/reflection.proto": [
    "@grpc/reflection",
    "build/proto/grpc/reflection/v1/reflection.proto",
  ],
  "grpc/reflection/v1alpha/reflection.proto": [
    "@grpc/reflection",
    "build/proto/grpc/reflection/v1alpha/reflection.proto",
  ],
};

/** Brings third_party/proto up to date. Files that are right are left alone, for another process may be reading them. */
export function vendorProtos() {
  for (const [path, [name, source]] of Object.entries(copies)) {
    put(path, readFileSync(join(root, "node_modules", name, source), "utf8"));
  }
  put("buf/validate/validate.proto", printProto(validate));
}

function put(path, content) {
  const file = join(root, "third_party/proto", path);
  if (existsSync(file) && readFileSync(file, "utf8") === content) return;
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}
