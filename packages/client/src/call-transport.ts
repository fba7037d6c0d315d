import type {
  DescMessage,
  DescMethod,
  DescMethodStreaming,
  DescMethodUnary,
  MessageInitShape,
} from "@bufbuild/protobuf";
import type { ContextValues, StreamResponse, Transport, UnaryResponse } from "@connectrpc/connect";
import type { PreparedCall } from "./prepare-call.js";

/** What `new Headers` takes. */
export type HeaderInit = ConstructorParameters<typeof Headers>[0];

/** Makes a call ready to go out, or rejects where it must not. */
export type Prepare = (
  method: DescMethod,
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
  header: HeaderInit | undefined,
) => Promise<PreparedCall>;

/** A Connect transport that prepares every call and explains every failure. */
export function createCallTransport(prepare: Prepare): Transport {
  return {
    async unary<I extends DescMessage, O extends DescMessage>(
      method: DescMethodUnary<I, O>,
      signal: AbortSignal | undefined,
      timeoutMs: number | undefined,
      header: HeaderInit | undefined,
      input: MessageInitShape<I>,
      contextValues?: ContextValues,
    ): Promise<UnaryResponse<I, O>> {
      const call = await prepare(method, signal, timeoutMs, header);
      return explained(call, () =>
        call.transport.unary(method, call.signal, call.timeoutMs, call.header, input, contextValues),
      );
    },
    async stream<I extends DescMessage, O extends DescMessage>(
      method: DescMethodStreaming<I, O>,
      signal: AbortSignal | undefined,
      timeoutMs: number | undefined,
      header: HeaderInit | undefined,
      input: AsyncIterable<MessageInitShape<I>>,
      contextValues?: ContextValues,
    ): Promise<StreamResponse<I, O>> {
      const call = await prepare(method, signal, timeoutMs, header);
      const response = await explained(call, () =>
        call.transport.stream(method, call.signal, call.timeoutMs, call.header, input, contextValues),
      );
      return { ...response, message: explainedMessages(call, response.message) };
    },
  };
}

async function explained<T>(call: PreparedCall, send: () => Promise<T>): Promise<T> {
  try {
    const answer = await send();
    call.answered();
    return answer;
  } catch (error) {
    throw call.explain(error);
  }
}

async function* explainedMessages<T>(call: PreparedCall, messages: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw call.explain(error);
  }
}
