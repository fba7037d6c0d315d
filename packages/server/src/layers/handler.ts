import { create, type Message } from "@bufbuild/protobuf";
import type { Principal } from "@charter/identity";
import type { MethodPolicy } from "@charter/policy";
import type { Logger } from "@charter/telemetry";
import type { Deadline } from "@charter/time";
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
  return new PublicCall(call, call.deadline);
}

/** Asks the call for what the handler asks for, for much of it is only made then. */
class PublicCall implements Call {
  readonly deadline: Deadline;
  readonly #call: ServerCall;

  constructor(call: ServerCall, deadline: Deadline) {
    this.#call = call;
    this.deadline = deadline;
  }

  get policy(): MethodPolicy {
    return this.#call.policy;
  }

  get principal(): Principal {
    return this.#call.principal;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get requestId(): string {
    return this.#call.requestId;
  }

  get log(): Logger {
    return this.#call.log;
  }

  get requestHeader(): Headers {
    return this.#call.exchange.header;
  }

  get responseHeader(): Headers {
    return this.#call.responseHeader;
  }

  get responseTrailer(): Headers {
    return this.#call.responseTrailer;
  }

  get peer(): { readonly address: string } {
    return { address: this.#call.exchange.address };
  }
}
