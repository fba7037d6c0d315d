import type { Any } from "@bufbuild/protobuf/wkt";
import type { AnyRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { isNoneOf, isOneOf } from "./list-membership.js";
import type { RuleTable } from "./rule.js";

export const anyRules: RuleTable<AnyRules, Any> = {
  in: (rules) => {
    const isListed = isOneOf(rules.in);
    return ({ typeUrl }) => isListed(typeUrl);
  },
  not_in: (rules) => {
    const isUnlisted = isNoneOf(rules.notIn);
    return ({ typeUrl }) => isUnlisted(typeUrl);
  },
};
