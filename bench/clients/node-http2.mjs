// node:http2 with gRPC's framing and protobuf-es, and nothing else.

import { connect } from "node:http2";
import { envelope, methods, order, unwrapped } from "../work/desk.mjs";
import { measure } from "./measure.mjs";

const { path, encodeRequest, decodeAnswer } = methods.addUp;
const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };

await measure((port) => {
  const session = connect(`http://127.0.0.1:${port}`);
  return () =>
    new Promise((resolve, reject) => {
      const stream = session.request(headers);
      const chunks = [];
      let status;
      stream.on("trailers", (trailers) => {
        status = trailers["grpc-status"];
      });
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("error", reject);
      stream.on("end", () => {
        if (status !== "0") return reject(new Error(`status ${status}`));
        resolve(decodeAnswer(unwrapped(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))));
      });
      stream.end(envelope(encodeRequest(order)));
    });
});
