// Fastify with JSON and schemas of request and answer that say what the contract says, and nothing else.

import fastify from "fastify";
import { methods } from "../work/desk.mjs";
import { announce } from "./announce.mjs";

const text = (maxLength) => ({ type: "string", minLength: 1, maxLength });
const lines = {
  type: "array",
  minItems: 1,
  maxItems: 100,
  items: {
    type: "object",
    required: ["sku", "quantity", "priceMinor"],
    properties: {
      sku: text(16),
      quantity: { type: "integer", minimum: 1, maximum: 10_000 },
      priceMinor: { type: "integer", minimum: 0 },
    },
  },
};
const schema = {
  body: {
    type: "object",
    required: ["customerId", "lines"],
    properties: { customerId: text(64), lines },
  },
  response: {
    200: {
      type: "object",
      properties: {
        customerId: { type: "string" },
        totalMinor: { type: "integer" },
        pieces: { type: "integer" },
      },
    },
  },
};

const app = fastify();
app.post(methods.addUp.path, { schema }, async ({ body }) => {
  let totalMinor = 0;
  let pieces = 0;
  for (const { quantity, priceMinor } of body.lines) {
    totalMinor += priceMinor * quantity;
    pieces += quantity;
  }
  return { customerId: body.customerId, totalMinor, pieces };
});
await app.listen({ host: "127.0.0.1", port: 0 });
announce({ port: app.server.address().port });
