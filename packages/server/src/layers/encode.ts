import type { Message } from "@bufbuild/protobuf";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { encodeMessage } from "../protocols/codec.js";
import type { ServerCall } from "../server-call.js";

/** Turns response messages into bytes, each under its cap. */
export async function* encode(
  call: ServerCall,
  responses: AsyncIterable<Message>,
): AsyncIterable<Uint8Array> {
  for await (const response of responses) yield encodeResponse(call, response);
}

/** The bytes of one response message. @throws ContractError RESPONSE_TOO_LARGE */
export function encodeResponse(call: ServerCall, response: Message): Uint8Array {
  const { maxResponseBytes } = call.policy.payload;
  const bytes = encodeMessage(call.method.output, response, call.dialogue.json);
  if (bytes.byteLength > maxResponseBytes) throw tooLarge(maxResponseBytes);
  return bytes;
}

function tooLarge(maxBytes: number) {
  return chassisError(ChassisError.RESPONSE_TOO_LARGE, {
    message: `The response message is larger than ${maxBytes} bytes; ask for less.`,
    metadata: { max_response_bytes: String(maxBytes) },
  });
}
