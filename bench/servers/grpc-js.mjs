// @grpc/grpc-js with protobuf-es, and nothing else.

import { load } from "../lib/packages.mjs";
import { addUp, decode, encode, PATH } from "../lib/work.mjs";

const { Server, ServerCredentials } = (await load("@grpc/grpc-js")).default;
const server = new Server();
const definition = {
  addUp: {
    path: PATH,
    requestStream: false,
    responseStream: false,
    requestDeserialize: decode,
    responseSerialize: (answer) => Buffer.from(encode(answer)),
  },
};
server.addService(definition, { addUp: ({ request }, respond) => respond(null, addUp(request)) });
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send({ port });
});
process.once("disconnect", () => server.forceShutdown());
