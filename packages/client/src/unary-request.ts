import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { resolveFieldPath } from "@charter/policy";
import type { ContextValues, Transport, UnaryResponse } from "@connectrpc/connect";
import type { AttemptOptions, CallRequest } from "./outgoing-call.js";

/** The one message of a unary call. */
export function unaryRequest<I extends DescMessage>(
  method: DescMethodUnary<I, DescMessage>,
  input: MessageInitShape<I>,
  contextValues: ContextValues | undefined,
): CallRequest {
  return new UnaryRequest(method, create(method.input, input), contextValues);
}

class UnaryRequest<I extends DescMessage> implements CallRequest {
  readonly replayable = true;
  readonly #method: DescMethodUnary<I, DescMessage>;
  readonly #message: MessageShape<I>;
  readonly #contextValues: ContextValues | undefined;

  constructor(
    method: DescMethodUnary<I, DescMessage>,
    message: MessageShape<I>,
    contextValues: ContextValues | undefined,
  ) {
    this.#method = method;
    this.#message = message;
    this.#contextValues = contextValues;
  }

  field(path: string): string {
    return resolveFieldPath(this.#method.input, path)?.read(this.#message) ?? "";
  }

  bytes(): Uint8Array {
    return toBinary(this.#method.input, this.#message);
  }

  send(transport: Transport, { signal, timeoutMs, header }: AttemptOptions): Promise<UnaryResponse> {
    const message = this.#message as MessageInitShape<I>;
    return transport.unary(this.#method, signal, timeoutMs, header, message, this.#contextValues);
  }

  answered(): void {}
}
