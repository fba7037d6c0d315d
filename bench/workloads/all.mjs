import { clientUnary } from "./client-unary.mjs";
import { unaryGrpc } from "./unary-grpc.mjs";

/** Everything that is measured, in this order. */
export const workloads = [unaryGrpc, clientUnary];
