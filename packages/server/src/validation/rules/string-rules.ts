import { KnownRegex, type StringRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { anything, type Check } from "../check.js";
import { isHostAndPort, isHostname } from "../formats/host.js";
import { isHeaderName, isHeaderValue, isPlainLine, isPlainText } from "../formats/http-header.js";
import { isIp, isIpv4, isIpv6 } from "../formats/ip.js";
import { isNetwork, isPrefix } from "../formats/ip-prefix.js";
import { isEmail, isProtobufDotFqn, isProtobufFqn, isTuuid, isUlid, isUuid } from "../formats/names.js";
import { isUri, isUriRef } from "../formats/uri.js";
import { linearPattern } from "../pattern/linear-pattern.js";
import { isNoneOf, isOneOf } from "./list-membership.js";
import { NO_RULE, type Rule, type RuleTable } from "./rule.js";
import { hasBytes, hasCharacters } from "./text-length.js";

export const stringRules: RuleTable<StringRules, string> = {
  const: (rules) => (value) => value === rules.const,
  len: ({ len }) => hasCharacters(Number(len), Number(len)),
  min_len: ({ minLen }) => hasCharacters(Number(minLen), Number.POSITIVE_INFINITY),
  max_len: ({ maxLen }) => hasCharacters(0, Number(maxLen)),
  len_bytes: ({ lenBytes }) => hasBytes(Number(lenBytes), Number(lenBytes)),
  min_bytes: ({ minBytes }) => hasBytes(Number(minBytes), Number.POSITIVE_INFINITY),
  max_bytes: ({ maxBytes }) => hasBytes(0, Number(maxBytes)),
  pattern: ({ pattern }) => linearPattern(pattern),
  prefix:
    ({ prefix }) =>
    (value) =>
      value.startsWith(prefix),
  suffix:
    ({ suffix }) =>
    (value) =>
      value.endsWith(suffix),
  contains:
    ({ contains }) =>
    (value) =>
      value.includes(contains),
  not_contains:
    ({ notContains }) =>
    (value) =>
      !value.includes(notContains),
  in: (rules) => isOneOf(rules.in),
  not_in: (rules) => isNoneOf(rules.notIn),
  email: format(isEmail),
  hostname: format(isHostname),
  ip: format(isIp),
  ipv4: format(isIpv4),
  ipv6: format(isIpv6),
  uri: format(isUri),
  uri_ref: format(isUriRef),
  address: format((value) => isHostname(value) || isIp(value)),
  uuid: format(isUuid),
  tuuid: format(isTuuid),
  ip_with_prefixlen: format((value) => isPrefix(value, 4) || isPrefix(value, 6)),
  ipv4_with_prefixlen: format((value) => isPrefix(value, 4)),
  ipv6_with_prefixlen: format((value) => isPrefix(value, 6)),
  ip_prefix: format((value) => isNetwork(value, 4) || isNetwork(value, 6)),
  ipv4_prefix: format((value) => isNetwork(value, 4)),
  ipv6_prefix: format((value) => isNetwork(value, 6)),
  host_and_port: format(isHostAndPort),
  ulid: format(isUlid),
  protobuf_fqn: format(isProtobufFqn),
  protobuf_dot_fqn: format(isProtobufDotFqn),
  well_known_regex: headerText,
  strict: NO_RULE, // well_known_regex reads it
  example: NO_RULE,
};

function format(check: Check<string>): Rule<StringRules, string> {
  return ({ wellKnown }) => (wellKnown.value ? check : anything);
}

/** Strict unless the contract says otherwise. */
function headerText(rules: StringRules): Check<string> | undefined {
  const isStrict = !Object.hasOwn(rules, "strict") || rules.strict;
  switch (rules.wellKnown.value) {
    case KnownRegex.HTTP_HEADER_NAME:
      return isStrict ? isHeaderName : isPlainLine;
    case KnownRegex.HTTP_HEADER_VALUE:
      return isStrict ? isHeaderValue : isPlainText;
    default:
      return undefined;
  }
}
