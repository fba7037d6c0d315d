import type { Logger } from "@charter/telemetry";
import { discardRest } from "./discard-rest.js";
import { type HttpAnswer, jsonAnswer, type Serving } from "./exchange.js";
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
    serve(request, response, serving).catch((error: unknown) => giveUp(error, response, serving.log));
  };
}

/** The chassis itself has failed: its caller sees the connection end. */
export function giveUp(error: unknown, response: NodeResponse, log: Logger): void {
  log.error({ err: error }, "a request could not be answered");
  response.destroy();
}

async function serve(request: NodeRequest, response: NodeResponse, serving: Serving): Promise<void> {
  const exchange = nodeExchange(request, response, serving.trustedProxies);
  const sound = typeof exchange !== "number";
  const answer = sound ? await serving.answer(exchange) : jsonAnswer(exchange, { code: "invalid_argument" });
  await sendAnswer(answer, request, response, serving);
}

/** Sends an answer, and deals with what is left of its request. */
export async function sendAnswer(
  answer: HttpAnswer,
  request: NodeRequest,
  response: NodeResponse,
  { lifecycle, clock }: Pick<Serving, "lifecycle" | "clock">,
): Promise<void> {
  if (lifecycle.draining && request.httpVersionMajor === 1) answer.header.set("connection", "close");
  discardRest(request, response, clock);
  await writeAnswer(answer, response, clock);
}
