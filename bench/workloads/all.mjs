import { checkout } from "./checkout.mjs";
import { clientUnary } from "./client-unary.mjs";
import { largeUnary } from "./large-unary.mjs";
import { overload } from "./overload.mjs";
import { policies } from "./policies.mjs";
import { serverStream } from "./server-stream.mjs";
import { unaryGrpc } from "./unary-grpc.mjs";
import { unaryHttp1 } from "./unary-http1.mjs";

/** Everything that is measured, in this order. */
export const workloads = [
  unaryGrpc,
  unaryHttp1,
  serverStream,
  clientUnary,
  largeUnary,
  policies,
  checkout,
  overload,
];
