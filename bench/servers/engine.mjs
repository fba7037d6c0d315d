// Charter's HTTP/2 engine without Charter: protobuf-es decodes and encodes, and there is no policy.

import { createServer } from "node:net";
import { HpackEncoder, UnaryAnswer, WireServer } from "@charter/wire";
import { addUp, envelope, methods, unwrapped } from "../work/desk.mjs";
import { announce } from "./announce.mjs";

const { decode, encode } = methods.addUp;
const encoder = new HpackEncoder(0);
const block = (fields) => encoder.encode(fields);
const answer = new UnaryAnswer(
  block([
    { name: ":status", value: "200" },
    { name: "content-type", value: "application/grpc+proto" },
  ]),
  block([{ name: "grpc-status", value: "0" }]),
);

const receiver = {
  data(stream, bytes) {
    stream.context = stream.context ? Buffer.concat([stream.context, bytes]) : bytes;
    stream.consumed(bytes.length);
  },
  end(stream) {
    const message = envelope(encode(addUp(decode(unwrapped(stream.context)))));
    const frames = answer.allocate(stream, message.length);
    frames.set(message, answer.bodyAt);
    answer.send(stream, frames);
  },
  drained() {},
  closed() {},
};

const wire = new WireServer({ onRequest: () => receiver });
const server = createServer({ noDelay: true }, (socket) => wire.accept(socket));
server.listen(0, "127.0.0.1", () => announce({ port: server.address().port }));
