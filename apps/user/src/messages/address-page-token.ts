import { invalidArgument } from "@charter/server";
import { z } from "zod";
import type { AddressCursor } from "../store/addresses.js";

const cursor = z.tuple([z.int().nonnegative(), z.uuid()]);

/** The page token that continues behind this entry. */
export function encodePageToken({ createdAtMs, addressId }: AddressCursor): string {
  return Buffer.from(JSON.stringify([createdAtMs, addressId])).toString("base64url");
}

/**
 * Where a page token continues; undefined for the first page.
 * @throws ContractError INVALID_ARGUMENT for what `encodePageToken` never made
 */
export function decodePageToken(token: string): AddressCursor | undefined {
  if (token === "") return undefined;
  try {
    const [createdAtMs, addressId] = cursor.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
    return { createdAtMs, addressId };
  } catch {
    throw invalidArgument("page.page_token", "is not a token that this list gave");
  }
}
