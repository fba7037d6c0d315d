import type {
  DescMessage,
  DescMethod,
  DescMethodStreaming,
  DescMethodUnary,
  MessageInitShape,
} from "@bufbuild/protobuf";
import type { StreamResponse, Transport, UnaryResponse } from "@connectrpc/connect";
import { type HeaderInit, headerListOf } from "./header-list.js";
import type { Answer, CallRequest, OutgoingCall, Send } from "./outgoing-call.js";
import { streamRequest } from "./stream-request.js";
import { unaryRequest } from "./unary-request.js";

/** A Connect transport that sends every call through the stack of its method. */
export function createCallTransport(stackOf: (method: DescMethod) => Send): Transport {
  return {
    unary<I extends DescMessage, O extends DescMessage>(
      method: DescMethodUnary<I, O>,
      signal: AbortSignal | undefined,
      timeoutMs: number | undefined,
      header: HeaderInit,
      input: MessageInitShape<I>,
      contextValues?: Parameters<Transport["unary"]>[5],
    ): Promise<UnaryResponse<I, O>> {
      try {
        const request = unaryRequest(method, input, contextValues);
        const answer = stackOf(method)(newCall(method, signal, timeoutMs, header, request));
        return answer as Promise<Answer> as Promise<UnaryResponse<I, O>>;
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async stream<I extends DescMessage, O extends DescMessage>(
      method: DescMethodStreaming<I, O>,
      signal: AbortSignal | undefined,
      timeoutMs: number | undefined,
      header: HeaderInit,
      input: AsyncIterable<MessageInitShape<I>>,
      contextValues?: Parameters<Transport["stream"]>[5],
    ): Promise<StreamResponse<I, O>> {
      const request = streamRequest(method, input, contextValues);
      const release = () => request.release();
      signal?.addEventListener("abort", release, { once: true });
      const end = () => {
        signal?.removeEventListener("abort", release);
        return release();
      };
      try {
        const answer = await stackOf(method)(newCall(method, signal, timeoutMs, header, request));
        const { message, ...rest } = answer as Answer as StreamResponse<I, O>;
        return { ...rest, message: endedWith(message, end) };
      } catch (error) {
        await end();
        throw error;
      }
    },
  };
}

/** The application's own messages end with the call, however it ends. */
async function* endedWith<T>(messages: AsyncIterable<T>, end: () => Promise<void>): AsyncIterable<T> {
  try {
    yield* messages;
  } finally {
    await end();
  }
}

/** A call at the top of the stack. */
export function newCall(
  method: DescMethod,
  signal: AbortSignal | undefined,
  timeoutMs: number | undefined,
  header: HeaderInit,
  request: CallRequest,
): OutgoingCall {
  return {
    method,
    header: headerListOf(header),
    signal,
    timeoutMs,
    deadline: undefined,
    request,
    progress: { attempts: 0, tried: new Set() },
    endpoint: undefined,
  };
}
