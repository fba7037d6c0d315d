// @grpc/grpc-js with protobuf-es, and nothing else.

import { credentials, makeGenericClientConstructor } from "@grpc/grpc-js";
import { grpcJsDefinition } from "../servers/grpc-js-definition.mjs";
import { order } from "../work/desk.mjs";
import { measure } from "./measure.mjs";

await measure((port) => {
  const Client = makeGenericClientConstructor(grpcJsDefinition, "DeskService");
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return () =>
    new Promise((resolve, reject) =>
      client.addUp(order, (error, answer) => (error ? reject(error) : resolve(answer))),
    );
});
