import type { DescService } from "@bufbuild/protobuf";
import { type CallOptions, type Client, createClient, type Transport } from "@connectrpc/connect";

type StreamingCall = (request: unknown, options?: CallOptions) => AsyncIterable<unknown>;

/**
 * Connect's typed client, with one difference: a consumer that leaves a stream early (`break`, `return`, an exception) ends the
 * call. Connect's own would leave it open until the callee ends it.
 */
export function createServiceClient<S extends DescService>(service: S, transport: Transport): Client<S> {
  const client = createClient(service, transport);
  const calls: Record<string, unknown> = { ...client };
  for (const { localName, methodKind } of service.methods) {
    if (methodKind !== "server_streaming" && methodKind !== "bidi_streaming") continue;
    calls[localName] = endedWithConsumer(calls[localName] as StreamingCall);
  }
  return calls as Client<S>;
}

function endedWithConsumer(call: StreamingCall): StreamingCall {
  return (request, options) => {
    const left = new AbortController();
    const signal = options?.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal;
    const messages = call(request, { ...options, signal });
    return { [Symbol.asyncIterator]: () => iteratorOf(messages, left) };
  };
}

function iteratorOf(messages: AsyncIterable<unknown>, left: AbortController): AsyncIterator<unknown> {
  const iterator = messages[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    async return() {
      left.abort();
      return { done: true, value: undefined };
    },
  };
}
