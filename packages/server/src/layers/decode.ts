import type { Message } from "@bufbuild/protobuf";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { decodeMessage } from "../protocols/codec.js";
import type { Layer, ServerCall } from "../server-call.js";
import { mapEach } from "./map-each.js";
import { withSteps } from "./with-steps.js";

/** Turns request bytes into messages, as they are asked for; exactly one where the method takes one. */
export function decode(): Layer<Message> {
  const iteration = async function* (
    call: ServerCall,
    next: () => AsyncIterable<Message>,
  ): AsyncIterable<Message> {
    const messages = mapEach(call.bytes, (bytes) => decodeRequest(call, bytes));
    call.requests = takesOne(call) ? exactlyOne(messages) : messages;
    yield* next();
  };
  return withSteps(iteration, () => ({}));
}

/** Reads one request message; the fast lane asks for it where the others begin their checks. */
export function decodeRequest(call: ServerCall, bytes: Uint8Array): Message {
  call.request = decodeMessage(call.method.input, bytes, call.dialogue.json);
  return call.request;
}

/** Whether the method takes one message, and no stream of them. */
export function takesOne({ policy }: ServerCall): boolean {
  return policy.kind === "unary" || policy.kind === "server_streaming";
}

/** The only value. @throws ContractError NOT_IMPLEMENTED, as gRPC has it, where there are more or none */
export async function* exactlyOne<T extends object>(messages: AsyncIterable<T>): AsyncIterable<T> {
  let one: T | undefined;
  for await (const message of messages) {
    if (one) throw notOne("more");
    one = message;
  }
  if (!one) throw notOne("none");
  yield one;
}

function notOne(got: string) {
  return chassisError(ChassisError.NOT_IMPLEMENTED, {
    message: `The procedure takes one message and got ${got}.`,
  });
}
