import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

const ID_BYTES = 16;
/** Random bytes are drawn for so many ids at once, for one draw costs more than the rest of an id. */
const DRAWN_IDS = 256;

const pool = new Uint8Array(ID_BYTES * DRAWN_IDS);
let at = pool.length;

/** A new UUIDv7. */
export function newId(): string {
  if (at === pool.length) {
    randomFillSync(pool);
    at = 0;
  }
  const random = pool.subarray(at, at + ID_BYTES);
  at += ID_BYTES;
  return v7({ random });
}
