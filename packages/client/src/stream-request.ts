import type { DescMessage, DescMethodStreaming, MessageInitShape } from "@bufbuild/protobuf";
import type { ContextValues } from "@connectrpc/connect";
import { KeptMessages } from "./kept-messages.js";
import type { CallRequest } from "./outgoing-call.js";

/** The messages of a streaming call. To be released when the call failed before it was answered. */
export interface StreamRequest extends CallRequest {
  release(): Promise<void>;
}

export function streamRequest<I extends DescMessage, O extends DescMessage>(
  method: DescMethodStreaming<I, O>,
  input: AsyncIterable<MessageInitShape<I>>,
  contextValues: ContextValues | undefined,
): StreamRequest {
  const messages = new KeptMessages(input);
  return {
    get replayable() {
      return messages.replayable;
    },
    // Keys and hashes are for unary calls: a stream has no one message to read them from before it begins.
    field: () => "",
    bytes: () => new Uint8Array(),
    send: (transport, { signal, timeoutMs, header }) =>
      transport.stream(method, signal, timeoutMs, header, messages.replay(), contextValues),
    answered: () => messages.commit(),
    release: () => messages.release(),
  };
}
