// The work that every server does: adds up an order of three lines.

import { contract, load } from "./packages.mjs";

const { create, fromBinary, toBinary } = await load("@bufbuild/protobuf");
const { AddUpRequestSchema, AddUpResponseSchema } = contract;

export const PATH = "/charter.testing.v1.DeskService/AddUp";

export const request = toBinary(
  AddUpRequestSchema,
  create(AddUpRequestSchema, {
    customerId: "0198c3b2-7d1e",
    lines: [
      { sku: "85123A", quantity: 6, priceMinor: 255n },
      { sku: "71053", quantity: 8, priceMinor: 339n },
      { sku: "84406B", quantity: 2, priceMinor: 1_275n },
    ],
  }),
);

export function addUp({ customerId, lines }) {
  let totalMinor = 0n;
  let pieces = 0;
  for (const { quantity, priceMinor } of lines) {
    totalMinor += priceMinor * BigInt(quantity);
    pieces += quantity;
  }
  return { customerId, totalMinor, pieces };
}

export const decode = (bytes) => fromBinary(AddUpRequestSchema, bytes);
export const encode = (answer) => toBinary(AddUpResponseSchema, create(AddUpResponseSchema, answer));
/** What every server must answer. */
export const expected = encode(addUp(decode(request)));

/** gRPC's five bytes before a message. */
export function envelope(message) {
  const result = Buffer.alloc(5 + message.byteLength);
  result.writeUInt32BE(message.byteLength, 1);
  result.set(message, 5);
  return result;
}
