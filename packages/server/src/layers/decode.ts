import type { Message } from "@bufbuild/protobuf";
import { decodeMessage } from "../protocols/codec.js";
import { malformed } from "../protocols/request-errors.js";
import type { Layer, ServerCall } from "../server-call.js";
import { mapEach } from "./map-each.js";

/** Turns request bytes into messages, as they are asked for; exactly one where the method takes one. */
export function decode(): Layer<Message> {
  return async function* (call, next) {
    const messages = mapEach(call.bytes, (bytes) => {
      call.request = decodeMessage(call.method.input, bytes, call.dialogue.json);
      return call.request;
    });
    call.requests = takesOne(call) ? exactlyOne(messages) : messages;
    yield* next();
  };
}

function takesOne({ policy }: ServerCall): boolean {
  return policy.kind === "unary" || policy.kind === "server_streaming";
}

async function* exactlyOne(messages: AsyncIterable<Message>): AsyncIterable<Message> {
  let one: Message | undefined;
  for await (const message of messages) {
    if (one) throw malformed("the procedure takes one message and got more");
    one = message;
  }
  if (!one) throw malformed("the procedure takes one message and got none");
  yield one;
}
