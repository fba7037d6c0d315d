import { Agent, type IncomingMessage, request } from "node:http";
import type { RawExchangeAnswer, RawExchangeRequest } from "./raw-exchange.js";

/** As `rawExchanger`, over HTTP/1.1. */
export function rawHttp1Exchanger(url: string): {
  send(request: RawExchangeRequest): Promise<RawExchangeAnswer>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { send: (sent) => send(url, agent, sent), close: () => agent.destroy() };
}

async function send(
  url: string,
  agent: Agent,
  { path, header, pieces }: RawExchangeRequest,
): Promise<RawExchangeAnswer> {
  const length = pieces.reduce((sum, it) => sum + it.byteLength, 0);
  const headers = "transfer-encoding" in header ? header : { "content-length": String(length), ...header };
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(`${url}${path}`, { method: "POST", headers, agent }, resolve);
    sent.on("error", reject);
    for (const piece of pieces) sent.write(piece);
    sent.end();
  });
  const body = Buffer.concat(await answer.toArray()).toString("latin1");
  // The one name that node:http2 has and node:http has not.
  const head = Object.assign(answer.headers, { ":status": answer.statusCode }) as RawExchangeAnswer["header"];
  return { header: head, body, trailer: answer.trailers };
}
