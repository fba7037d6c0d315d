import { createHash } from "node:crypto";
import { invalidArgument } from "@charter/server";
import { z } from "zod";
import type { OrderFilter, OrderPosition } from "../store/order-list.js";

const tokenSchema = z.tuple([z.string(), z.int(), z.uuid()]);

/** Says where a list goes on, and of which list it speaks. Opaque to the caller. */
export function writeOrderPageToken({ placedAt, id }: OrderPosition, filter: OrderFilter): string {
  return Buffer.from(JSON.stringify([listName(filter), placedAt.getTime(), id])).toString("base64url");
}

/**
 * Where a list goes on; undefined for an empty token, its beginning.
 *
 * @throws ContractError INVALID_ARGUMENT for a token that this list did not give
 */
export function readOrderPageToken(token: string, filter: OrderFilter): OrderPosition | undefined {
  if (token === "") return undefined;
  const parsed = tokenSchema.safeParse(parseJson(token));
  if (!parsed.success || parsed.data[0] !== listName(filter)) {
    throw invalidArgument("page.page_token", "is not a token that this list gave");
  }
  const [, placedAtMs, id] = parsed.data;
  return { placedAt: new Date(placedAtMs), id };
}

function listName({ userId, states }: OrderFilter): string {
  const name = JSON.stringify([userId ?? "", [...states].sort()]);
  return createHash("sha256").update(name).digest("base64url").slice(0, 12);
}

function parseJson(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    // What is no JSON is no token either; the caller is told so.
    return undefined;
  }
}
