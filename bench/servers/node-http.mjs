// node:http with protobuf-es in Connect's unary form, and nothing else.

import { createServer } from "node:http";
import { addUp, methods } from "../work/desk.mjs";
import { announce } from "./announce.mjs";

const { decode, encode } = methods.addUp;
const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const answer = encode(addUp(decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))));
    response.writeHead(200, { "content-type": "application/proto", "content-length": answer.length });
    response.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => announce({ port: server.address().port }));
