import { discardRest } from "./discard-rest.js";
import { jsonAnswer, type Serving } from "./exchange.js";
import { type NodeRequest, nodeExchange } from "./node-exchange.js";
import { type NodeResponse, writeAnswer } from "./write-answer.js";

/** Serves one HTTP request of either version. Never throws and never rejects. */
export type RequestListener = (request: NodeRequest, response: NodeResponse) => void;

/** Serves requests of node:http and node:http2. */
export function createNodeListener(serving: Serving): RequestListener {
  return (request, response) => {
    // Without a listener, an error of a connection that breaks would end the process.
    request.on("error", (error) => serving.log.debug({ err: error }, "request broke off"));
    response.on("error", (error: Error) => serving.log.debug({ err: error }, "response broke off"));
    serve(request, response, serving).catch((error: unknown) => {
      serving.log.error({ err: error }, "a request could not be answered");
      response.destroy();
    });
  };
}

async function serve(request: NodeRequest, response: NodeResponse, serving: Serving): Promise<void> {
  const exchange = nodeExchange(request, response, serving.trustedProxies);
  const sound = typeof exchange !== "number";
  const answer = sound ? await serving.answer(exchange) : jsonAnswer(exchange, { code: "invalid_argument" });
  if (serving.lifecycle.draining && request.httpVersionMajor === 1) answer.header.set("connection", "close");
  discardRest(request, response, serving.clock);
  await writeAnswer(answer, response, serving.clock);
}
