import type { StreamResponse } from "@connectrpc/connect";
import type { Answer, CallRequest } from "../outgoing-call.js";

type Messages = StreamResponse["message"];

/** Makes other attempts at a call. */
export interface FurtherAttempts {
  /** Rejects with what the call fails with where no other attempt may be made. */
  failed(thrown: unknown): Promise<void>;
  run(): Promise<Answer>;
}

/**
 * A stream that another attempt may still replace: a server sends its headers before it says that it refuses, so the first message or the
 * end of the stream is its first answer.
 */
export function resumable(
  first: StreamResponse,
  request: CallRequest,
  attempts: FurtherAttempts,
): StreamResponse {
  return { ...first, message: messagesOf(first, request, attempts) };
}

async function* messagesOf(first: StreamResponse, request: CallRequest, attempts: FurtherAttempts): Messages {
  let answer = first;
  for (;;) {
    const iterator = answer.message[Symbol.asyncIterator]();
    const step = await firstOf(iterator, attempts);
    if (step) {
      request.answered();
      if (!step.done) yield step.value;
      if (!step.done) yield* { [Symbol.asyncIterator]: () => iterator };
      copy(answer.trailer, first.trailer);
      return;
    }
    answer = (await attempts.run()) as StreamResponse;
    copy(answer.header, first.header);
  }
}

/** Undefined where it failed and another attempt may be made. */
async function firstOf<T>(
  iterator: AsyncIterator<T>,
  attempts: FurtherAttempts,
): Promise<IteratorResult<T> | undefined> {
  try {
    return await iterator.next();
  } catch (thrown) {
    await attempts.failed(thrown);
    return undefined;
  }
}

/** The caller holds the headers of the first attempt; they are to show those of the one that was answered. */
function copy(from: Headers, to: Headers): void {
  if (from === to) return;
  for (const name of [...to.keys()]) to.delete(name);
  for (const [name, value] of from) to.append(name, value);
}
