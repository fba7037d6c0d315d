import { ServiceLevel as ProtoServiceLevel } from "@shop/contract/shop/delivery/v1/quote_pb.js";
import type { ServiceLevel } from "../domain/service-level.js";

const levels = new Map<ProtoServiceLevel, ServiceLevel>([
  [ProtoServiceLevel.STANDARD, "STANDARD"],
  [ProtoServiceLevel.EXPRESS, "EXPRESS"],
  [ProtoServiceLevel.SLOT, "SLOT"],
]);

/** The contract's value for a level. */
export function toProtoLevel(level: ServiceLevel): ProtoServiceLevel {
  return ProtoServiceLevel[level];
}

/** The level that the contract's value stands for; throws a RangeError for one that validation lets nobody send. */
export function fromProtoLevel(level: ProtoServiceLevel): ServiceLevel {
  const known = levels.get(level);
  if (!known) throw new RangeError(`${level} is no service level`);
  return known;
}
