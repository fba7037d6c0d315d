import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import { resolveFieldPath } from "@charter/policy";
import type { ContextValues } from "@connectrpc/connect";
import type { CallRequest } from "./outgoing-call.js";

/** The one message of a unary call. */
export function unaryRequest<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  input: MessageInitShape<I>,
  contextValues: ContextValues | undefined,
): CallRequest {
  const message = create(method.input, input);
  return {
    replayable: true,
    field: (path) => resolveFieldPath(method.input, path)?.read(message) ?? "",
    bytes: () => toBinary(method.input, message),
    answered: () => {},
    send: (transport, { signal, timeoutMs, header }) =>
      transport.unary(method, signal, timeoutMs, header, message as MessageInitShape<I>, contextValues),
  };
}
