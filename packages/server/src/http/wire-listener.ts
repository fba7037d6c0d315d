import { errorCodes, type RequestHandler, type RequestHead } from "@charter/wire";
import { type HttpAnswer, jsonAnswer, type Serving } from "./exchange.js";
import { requestFacts } from "./request-facts.js";
import { exchangeReceiver, WireExchange } from "./wire-exchange.js";
import { writeWireAnswer } from "./write-wire-answer.js";

/** Serves one request that comes over the wire. Never throws and never rejects. */
export function createWireListener(serving: Serving): RequestHandler {
  return (stream, head, ended) => {
    const exchange = new WireExchange(stream, head, ended, serving.trustedProxies);
    stream.context = exchange;
    serve(exchange, head, serving).catch((error: unknown) => {
      serving.log.error({ err: error }, "a request could not be answered");
      stream.reset(errorCodes.internalError);
    });
    return exchangeReceiver;
  };
}

async function serve(exchange: WireExchange, head: RequestHead, serving: Serving): Promise<void> {
  await writeWireAnswer(await answer(exchange, head, serving), exchange);
}

async function answer(exchange: WireExchange, head: RequestHead, serving: Serving): Promise<HttpAnswer> {
  const { refusal } = requestFacts(head);
  if (refusal !== undefined) return jsonAnswer(refusal, { code: "invalid_argument" });
  return serving.answer(exchange);
}
