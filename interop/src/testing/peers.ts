import { go, python } from "../../../tools/interop/places.mjs";
import type { ForeignPeer } from "./foreign.js";
import { grpcJs } from "./grpc-js-peer.js";
import { programPeer } from "./program-peer.js";

/** The gRPC implementations that Charter is tried with. */
export const peers: readonly ForeignPeer[] = [
  programPeer("grpc-go", [go.program]),
  programPeer("grpcio", [python.interpreter, python.program]),
  grpcJs,
];
