import { create, type Message } from "@bufbuild/protobuf";
import type { Call } from "../call.js";
import { ChassisError, chassisError } from "../errors/chassis-error.js";
import type { ServerCall } from "../server-call.js";

/** Calls the function behind the method and completes what it answers to full messages. */
export async function* handler(call: ServerCall): AsyncIterable<Message> {
  const { invoke } = call.endpoint;
  if (!invoke) throw chassisError(ChassisError.NOT_IMPLEMENTED);
  for await (const response of invoke(call.requests, publicCall(call)))
    yield create(call.method.output, response);
}

/** What the handler sees of the call. */
export function publicCall(call: ServerCall): Call {
  if (!call.deadline) throw new TypeError("a call reached its handler without a deadline");
  return {
    policy: call.policy,
    principal: call.principal,
    deadline: call.deadline,
    signal: call.signal,
    requestId: call.requestId,
    log: call.log,
    requestHeader: call.exchange.header,
    responseHeader: call.responseHeader,
    peer: { address: call.exchange.address },
  };
}
