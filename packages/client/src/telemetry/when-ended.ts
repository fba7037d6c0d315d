import { ConnectError } from "@connectrpc/connect";
import type { Answer } from "../outgoing-call.js";

const OK = 0;
const CANCELED = 1;

/** The code that a call ended with, 0 where there is no error. */
export function codeOf(error: unknown): number {
  return error === undefined ? OK : ConnectError.from(error).code;
}

/** Calls back once with the code that a call ended with, 0 for success: a stream ends with its last message, or when it is left. */
export async function whenEnded(answer: Promise<Answer>, ended: (code: number) => void): Promise<Answer> {
  try {
    const settled = await answer;
    if (settled.stream) return { ...settled, message: watched(settled.message, ended) };
    ended(OK);
    return settled;
  } catch (error) {
    ended(codeOf(error));
    throw error;
  }
}

async function* watched<T>(messages: AsyncIterable<T>, ended: (code: number) => void): AsyncIterable<T> {
  let code = CANCELED;
  try {
    yield* messages;
    code = OK;
  } catch (error) {
    code = codeOf(error);
    throw error;
  } finally {
    ended(code);
  }
}
