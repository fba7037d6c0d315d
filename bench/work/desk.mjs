// The work that every contender does, in protobuf-es. See proto/charter/testing/v1/desk_service.proto.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AddUpRequestSchema,
  AddUpResponseSchema,
  CopyRequestSchema,
  CopyResponseSchema,
  DeskService,
  ListPricesRequestSchema,
  ListPricesResponseSchema,
} from "@charter/contract/charter/testing/v1/desk_service_pb.js";

export { DeskService };

/** Adds up an order. */
export function addUp({ customerId, lines }) {
  let totalMinor = 0n;
  let pieces = 0;
  for (const { quantity, priceMinor } of lines) {
    totalMinor += priceMinor * BigInt(quantity);
    pieces += quantity;
  }
  return { customerId, totalMinor, pieces };
}

/** Small messages, one after the other. */
export function* prices({ count }) {
  for (let index = 0; index < count; index += 1)
    yield { sku: `SKU-${10_000 + index}`, priceMinor: BigInt(100 + index) };
}

/** Gives back what came. */
export const copy = ({ content }) => ({ content });

/** What a method is made of, for contenders that know no protobuf-es of themselves. */
function method(name, input, output) {
  return {
    path: `/${DeskService.typeName}/${name}`,
    decode: (bytes) => fromBinary(input, bytes),
    encode: (answer) => toBinary(output, create(output, answer)),
    encodeRequest: (request) => toBinary(input, create(input, request)),
    decodeAnswer: (bytes) => fromBinary(output, bytes),
  };
}

export const methods = {
  addUp: method("AddUp", AddUpRequestSchema, AddUpResponseSchema),
  listPrices: method("ListPrices", ListPricesRequestSchema, ListPricesResponseSchema),
  copy: method("Copy", CopyRequestSchema, CopyResponseSchema),
};

/** 68 bytes with three lines. */
export const order = {
  customerId: "0198c3b2-7d1e",
  lines: [
    { sku: "85123A", quantity: 6, priceMinor: 255n },
    { sku: "71053", quantity: 8, priceMinor: 339n },
    { sku: "84406B", quantity: 2, priceMinor: 1_275n },
  ],
};
export const orderTotal = addUp(order);

/** gRPC's five bytes before a message. */
export function envelope(message) {
  const result = Buffer.allocUnsafe(5 + message.byteLength);
  result[0] = 0;
  result.writeUInt32BE(message.byteLength, 1);
  result.set(message, 5);
  return result;
}

/** The message of a body with one envelope. */
export const unwrapped = (body) => body.subarray(5);
