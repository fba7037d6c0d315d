import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";

/** Milliseconds since the epoch; finer parts are cut off. */
export function msOf(timestamp: Timestamp | undefined): number | undefined {
  return timestamp && Math.floor(timestampMs(timestamp));
}

/** For an answer. */
export function timestampOf(date: Date): Timestamp {
  return timestampFromMs(date.getTime());
}
