import { type DescMessage, fromBinary, fromJsonString, type Message, toJsonString } from "@bufbuild/protobuf";
import { anyTypes } from "./any-types.js";
import { encodeBinary } from "./binary/encode-binary.js";
import { jsonProblem } from "./json-problem.js";
import { malformed } from "./request-errors.js";

/** Deeper nesting than any contract has; binary messages could otherwise exhaust the stack. */
const RECURSION_LIMIT = 64;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/**
 * Reads a request message. An unknown JSON field is refused, for it is a misspelt one; an unknown binary field is kept out of the
 * message, for it comes from a newer caller.
 *
 * @throws ContractError INVALID_ARGUMENT when the bytes are no such message
 */
export function decodeMessage(desc: DescMessage, bytes: Uint8Array, json: boolean): Message {
  try {
    if (!json) return fromBinary(desc, bytes, { readUnknownFields: false, recursionLimit: RECURSION_LIMIT });
    return fromJsonString(desc, utf8.decode(bytes), {
      ignoreUnknownFields: false,
      registry: anyTypes(desc),
      recursionLimit: RECURSION_LIMIT,
    });
  } catch (error) {
    throw malformed(json ? jsonProblem(error) : "the body is not a message in protobuf's binary format");
  }
}

/** Writes a response message in protobuf's binary format or its default JSON mapping. */
export function encodeMessage(desc: DescMessage, message: Message, json: boolean): Uint8Array {
  return json
    ? encoder.encode(toJsonString(desc, message, { registry: anyTypes(desc) }))
    : encodeBinary(desc, message);
}
