// node:http2 with gRPC's framing and protobuf-es, and nothing else.

import { createServer } from "node:http2";
import { addUp, decode, encode, envelope } from "../lib/work.mjs";

const sessions = new Set();
const server = createServer();
server.on("session", (session) => {
  sessions.add(session);
  session.once("close", () => sessions.delete(session));
});
server.on("stream", (stream) => {
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  stream.on("end", () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const answer = envelope(encode(addUp(decode(body.subarray(5)))));
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.once("disconnect", () => {
  for (const session of sessions) session.destroy();
  server.close();
});
