import { methods } from "../work/desk.mjs";

/** The service as @grpc/grpc-js, and what stands on it, want it described. */
export const grpcJsDefinition = {
  addUp: describe(methods.addUp, false),
  copy: describe(methods.copy, false),
  listPrices: describe(methods.listPrices, true),
};

function describe({ path, decode, encode, encodeRequest, decodeAnswer }, responseStream) {
  return {
    path,
    requestStream: false,
    responseStream,
    requestSerialize: (request) => Buffer.from(encodeRequest(request)),
    requestDeserialize: decode,
    responseSerialize: (answer) => Buffer.from(encode(answer)),
    responseDeserialize: decodeAnswer,
  };
}
