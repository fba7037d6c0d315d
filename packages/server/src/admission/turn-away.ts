import { noTraffic } from "@charter/telemetry";
import { Code } from "@connectrpc/connect";
import type { ContractError } from "../errors/contract-error.js";
import type { Exchange, HttpAnswer } from "../http/exchange.js";
import type { Dialogue } from "../protocols/dialogue.js";
import type { Endpoint } from "../server-call.js";
import type { Admission } from "./admission.js";
import type { RefusalLog } from "./refusal-log.js";

/** They tell how messages are compressed, and an error has none. */
const ENCODINGS = ["content-encoding", "connect-content-encoding", "grpc-encoding"];
const TRAFFIC = noTraffic();

/**
 * Refuses, before anything is made for a call, those that could not be let in whoever calls. What goes back is made once for each protocol
 * and reason. They are counted like any other call, and logged together once a second.
 */
export class TurnAway {
  readonly #admission: Admission;
  readonly #log: RefusalLog;
  /** At most one answer per refusal of `Refusals` and form that `formOf` tells apart. */
  readonly #answers = new Map<ContractError, Map<string, HttpAnswer>>();

  constructor(admission: Admission, log: RefusalLog) {
    this.#admission = admission;
    this.#log = log;
  }

  /** The answer to a call that is turned away, a promise the first time; undefined for one that is not. */
  answer(
    exchange: Exchange,
    endpoint: Endpoint,
    dialogue: Dialogue,
  ): HttpAnswer | Promise<HttpAnswer> | undefined {
    const refusal = this.refusal(endpoint, exchange.header);
    return refusal && this.answerTo(refusal, endpoint, dialogue);
  }

  /** Why a call is turned away, one of the `Refusals`; undefined for one that is not. */
  refusal({ policy, metrics }: Endpoint, header: Headers): ContractError | undefined {
    const refusal = this.#admission.turnAway(policy, header);
    if (!refusal) return undefined;
    metrics.begin();
    metrics.end(Code.ResourceExhausted, 0, TRAFFIC);
    this.#log.note(policy.procedure);
    return refusal;
  }

  /** The answer to a call that got one of the `Refusals`. */
  answerTo(refusal: ContractError, endpoint: Endpoint, dialogue: Dialogue): HttpAnswer | Promise<HttpAnswer> {
    const form = formOf(endpoint, dialogue);
    return this.#answers.get(refusal)?.get(form) ?? this.#make(refusal, form, dialogue);
  }

  async #make(refusal: ContractError, form: string, dialogue: Dialogue): Promise<HttpAnswer> {
    const answer = await render(refusal, dialogue);
    const answers = this.#answers.get(refusal) ?? new Map<string, HttpAnswer>();
    this.#answers.set(refusal, answers.set(form, answer));
    return answer;
  }
}

function formOf({ policy }: Endpoint, { protocol, json }: Dialogue): string {
  return `${protocol} ${json} ${policy.kind === "unary"}`;
}

/** What the protocol makes of an error, as bytes. */
async function render(refusal: ContractError, dialogue: Dialogue): Promise<HttpAnswer> {
  const answer = await dialogue.respond(failing(refusal), new Headers(), new Headers());
  const body = await bytesOf(answer.body);
  for (const name of ENCODINGS) answer.header.delete(name);
  const shared = { status: answer.status, header: answer.header, isShared: true };
  return {
    ...shared,
    ...(body.byteLength > 0 && { body }),
    ...(answer.trailer && { trailer: answer.trailer }),
  };
}

function failing(error: Error): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

async function bytesOf(body: HttpAnswer["body"]): Promise<Uint8Array> {
  if (!body || body instanceof Uint8Array) return body ?? new Uint8Array();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
