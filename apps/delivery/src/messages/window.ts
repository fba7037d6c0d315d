import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { DeliveryWindowSchema } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import type { TimeSpan } from "../domain/time-span.js";

/** The contract's form of a time span. */
export function toProtoWindow(span: TimeSpan): MessageInitShape<typeof DeliveryWindowSchema> {
  return { startTime: timestampFromMs(span.startsAtMs), endTime: timestampFromMs(span.endsAtMs) };
}
