// @grpc/grpc-js with protobuf-es, and nothing else.

import { Server, ServerCredentials } from "@grpc/grpc-js";
import { addUp, copy, prices } from "../work/desk.mjs";
import { announce } from "./announce.mjs";
import { grpcJsDefinition } from "./grpc-js-definition.mjs";

const server = new Server();
server.addService(grpcJsDefinition, {
  addUp: ({ request }, respond) => respond(null, addUp(request)),
  copy: ({ request }, respond) => respond(null, copy(request)),
  listPrices(call) {
    for (const price of prices(call.request)) call.write(price);
    call.end();
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  announce({ port });
});
