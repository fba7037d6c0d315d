import { errorCodes, type RequestHandler, type RequestHead } from "@charter/wire";
import { answerTo, type ListenerOptions } from "../request-listener.js";
import { type HttpAnswer, jsonAnswer } from "./exchange.js";
import { requestFacts } from "./request-facts.js";
import { exchangeReceiver, WireExchange } from "./wire-exchange.js";
import { writeWireAnswer } from "./write-wire-answer.js";

/** Serves one request that comes over the wire. Never throws and never rejects. */
export function createWireListener(options: ListenerOptions): RequestHandler {
  return (stream, head, ended) => {
    const exchange = new WireExchange(stream, head, ended, options.trustedProxies);
    stream.context = exchange;
    serve(exchange, head, options).catch((error: unknown) => {
      options.log.error({ err: error }, "a request could not be answered");
      stream.reset(errorCodes.internalError);
    });
    return exchangeReceiver;
  };
}

async function serve(exchange: WireExchange, head: RequestHead, options: ListenerOptions): Promise<void> {
  await writeWireAnswer(await answer(exchange, head, options), exchange);
}

async function answer(
  exchange: WireExchange,
  head: RequestHead,
  options: ListenerOptions,
): Promise<HttpAnswer> {
  const { refusal } = requestFacts(head);
  if (refusal !== undefined) return jsonAnswer(refusal, { code: "invalid_argument" });
  return answerTo(exchange, options);
}
