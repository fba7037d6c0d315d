import { randomFillSync } from "node:crypto";

const RANDOM_BYTES = 10;
/** Random bytes are drawn for so many ids at once, for one draw costs more than the rest of an id. */
const DRAWN_IDS = 1_024;
/** The digit that begins the fourth group: the variant of RFC 9562 and two random bits. */
const VARIANTS = "89ab";

const random = new Uint8Array(RANDOM_BYTES * DRAWN_IDS);
let digits = "";
let used = random.length;
let timeMs = 0;
let time = "";

/** A new UUIDv7: the time in milliseconds, the version, and 74 random bits. RFC 9562, section 5.7. */
export function newId(): string {
  if (used === random.length) draw();
  const variant = VARIANTS[(random[used] as number) & 3];
  const at = used * 2;
  used += RANDOM_BYTES;
  return `${timeNow()}-7${digits.slice(at + 2, at + 5)}-${variant}${digits.slice(at + 5, at + 8)}-${digits.slice(at + 8, at + 20)}`;
}

function draw(): void {
  digits = Buffer.from(randomFillSync(random).buffer).toString("hex");
  used = 0;
}

/** The first two groups. Ids of one millisecond share them. */
function timeNow(): string {
  const nowMs = Date.now();
  if (nowMs === timeMs) return time;
  timeMs = nowMs;
  const hex = nowMs.toString(16).padStart(12, "0");
  time = `${hex.slice(0, 8)}-${hex.slice(8)}`;
  return time;
}
