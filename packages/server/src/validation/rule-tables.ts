import { anyRules } from "./rules/any-rules.js";
import { boolRules } from "./rules/bool-rules.js";
import { bytesRules } from "./rules/bytes-rules.js";
import { durationRules } from "./rules/duration-rules.js";
import { enumRules } from "./rules/enum-rules.js";
import { fieldMaskRules } from "./rules/field-mask-rules.js";
import { mapRules } from "./rules/map-rules.js";
import { bigintRules, floatRules, integerRules } from "./rules/number-rules.js";
import { repeatedRules } from "./rules/repeated-rules.js";
import type { RuleTable } from "./rules/rule.js";
import { stringRules } from "./rules/string-rules.js";
import { timestampRules } from "./rules/timestamp-rules.js";

/** What becomes of each rule, by the name of its kind in buf.validate.FieldRules. A kind that is not here is the library's. */
export const ruleTables: Readonly<Record<string, RuleTable<never, never>>> = {
  float: floatRules,
  double: floatRules,
  int32: integerRules,
  int64: bigintRules,
  uint32: integerRules,
  uint64: bigintRules,
  sint32: integerRules,
  sint64: bigintRules,
  fixed32: integerRules,
  fixed64: bigintRules,
  sfixed32: integerRules,
  sfixed64: bigintRules,
  bool: boolRules,
  string: stringRules,
  bytes: bytesRules,
  enum: enumRules,
  repeated: repeatedRules,
  map: mapRules,
  any: anyRules,
  duration: durationRules,
  field_mask: fieldMaskRules,
  timestamp: timestampRules,
};
