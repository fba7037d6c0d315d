import { ChassisError, chassisError } from "../errors/chassis-error.js";
import { connectUnary } from "../protocols/connect-unary.js";
import { dialogueByType } from "../protocols/open-dialogue.js";
import type { Exchange, HttpAnswer } from "./exchange.js";

/** How much of an unknown path the error repeats. */
const MAX_QUOTED_PATH = 256;

/** What an unknown path answers: UNIMPLEMENTED in the caller's own protocol, which over Connect is 404 with a JSON error. */
export async function unknownProcedure(exchange: Exchange, chassisDetails: boolean): Promise<HttpAnswer> {
  const dialogue = dialogueByType(exchange) ?? connectUnary(exchange, true);
  const header = new Headers();
  const answer = await dialogue.respond(refused(exchange.path, chassisDetails), header, new Headers());
  // Connect gives UNIMPLEMENTED the status 501, which is for methods that exist; a path that does not exist is 404.
  return answer.status === 501 ? { ...answer, status: 404 } : answer;
}

function refused(path: string, chassisDetails: boolean): AsyncIterable<Uint8Array> {
  const metadata = { procedure: path.slice(0, MAX_QUOTED_PATH) };
  const error = chassisError(ChassisError.UNKNOWN_PROCEDURE, { metadata });
  if (!chassisDetails) error.details = [];
  const refuse = () => Promise.reject(error);
  return { [Symbol.asyncIterator]: () => ({ next: refuse }) };
}
