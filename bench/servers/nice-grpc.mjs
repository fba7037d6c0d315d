// nice-grpc with protobuf-es, and nothing else.

import { createServer } from "nice-grpc";
import { addUp } from "../work/desk.mjs";
import { announce } from "./announce.mjs";
import { grpcJsDefinition } from "./grpc-js-definition.mjs";

const server = createServer();
server.add({ addUp: grpcJsDefinition.addUp }, { addUp: async (request) => addUp(request) });
announce({ port: await server.listen("127.0.0.1:0") });
