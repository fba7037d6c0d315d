// node:http2 with gRPC's framing, protobuf-es and windows of 1 MiB, and nothing else. The messages of a stream leave in one write.

import { createServer } from "node:http2";
import { addUp, copy, envelope, methods, prices, unwrapped } from "../work/desk.mjs";
import { announce } from "./announce.mjs";

const WINDOW_BYTES = 1_048_576;

const answers = {
  [methods.addUp.path]: unary(methods.addUp, addUp),
  [methods.copy.path]: unary(methods.copy, copy),
  [methods.listPrices.path]: (body) => {
    const { decode, encode } = methods.listPrices;
    return Buffer.concat([...prices(decode(unwrapped(body)))].map((it) => envelope(encode(it))));
  },
};

function unary({ decode, encode }, work) {
  return (body) => envelope(encode(work(decode(unwrapped(body)))));
}

const server = createServer({ settings: { initialWindowSize: WINDOW_BYTES } });
server.on("session", (session) => session.setLocalWindowSize(WINDOW_BYTES));
server.on("stream", (stream, headers) => {
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  stream.on("end", () => {
    // The load ends by closing its connections, in the middle of requests.
    if (stream.aborted) return;
    const answer = answers[headers[":path"]](chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(answer);
  });
});
server.listen(0, "127.0.0.1", () => announce({ port: server.address().port }));
