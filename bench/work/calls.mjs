// What is called, and what every server must answer: bytes that are compared before anything is timed.

import { addUp, copy, envelope, methods, order, prices } from "./desk.mjs";

const PRICES = 100;
const CONTENT_BYTES = 65_536;

const content = Buffer.from(Array.from({ length: CONTENT_BYTES }, (_, index) => (index * 31) % 251));

/** A call in gRPC's framing. */
function call({ path, encode, encodeRequest }, request, answers) {
  const answer = Buffer.concat(answers.map((it) => envelope(encode(it))));
  return { path, body: envelope(encodeRequest(request)), answer, messages: answers.length };
}

export const addUpCall = call(methods.addUp, order, [addUp(order)]);
export const listPricesCall = call(methods.listPrices, { count: PRICES }, [...prices({ count: PRICES })]);
export const copyCall = call(methods.copy, { content }, [copy({ content })]);
