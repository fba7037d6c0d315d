// Puts third-party .proto files into the git-ignored third_party/proto/, from packages that the lockfile pins, so that buf
// needs no schema registry.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { file_buf_validate_validate as validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { printProto } from "./print-proto.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

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

/** Writes all vendored protos anew and returns the folder they are in. */
export function vendorProtos() {
  const target = join(root, "third_party/proto");
  rmSync(target, { recursive: true, force: true });
  for (const [path, [name, source]] of Object.entries(copies)) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    copyFileSync(join(root, "node_modules", name, source), join(target, path));
  }
  const path = join(target, "buf/validate/validate.proto");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, printProto(validate));
  return target;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) vendorProtos();
