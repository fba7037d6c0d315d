import { type DescEnum, type DescEnumValue, getOption, hasOption } from "@bufbuild/protobuf";
import { Code } from "@charter/contract/charter/v1/code_pb.js";
import { error as errorOption } from "@charter/contract/charter/v1/options_pb.js";

/** What one value of an error enum means on the wire. */
export interface ErrorReason {
  readonly number: number;
  /** The value's name without the enum's prefix, e.g. "PRICE_CHANGED". */
  readonly reason: string;
  readonly code: Code;
  /** One sentence for the developer who reads the answer. */
  readonly message: string;
  /** Whether the same call may succeed later unchanged. */
  readonly retryable: boolean;
}

/** An error enum of a contract, compiled. */
export interface ErrorCatalogue {
  /** The enum's package, e.g. "shop.buy.v1". */
  readonly domain: string;
  readonly byNumber: ReadonlyMap<number, ErrorReason>;
  readonly byReason: ReadonlyMap<string, ErrorReason>;
}

const compiled = new WeakMap<DescEnum, ErrorCatalogue>();

/**
 * The meaning of every value of an error enum. The result is remembered per enum.
 *
 * @throws TypeError naming every value but the zero value that lacks `(charter.v1.error)` or its code or message
 */
export function errorCatalogue(desc: DescEnum): ErrorCatalogue {
  const known = compiled.get(desc);
  if (known) return known;
  const values = desc.values.filter((value) => value.number !== 0);
  const incomplete = values.filter((value) => !isComplete(value)).map((value) => value.name);
  if (incomplete.length > 0) {
    throw new TypeError(
      `${desc.typeName}: without (charter.v1.error) {code, message}: ${incomplete.join(", ")}`,
    );
  }
  const reasons = values.map((value) => reasonOf(desc, value));
  const catalogue = {
    domain: desc.file.proto.package,
    byNumber: new Map(reasons.map((reason) => [reason.number, reason])),
    byReason: new Map(reasons.map((reason) => [reason.reason, reason])),
  };
  compiled.set(desc, catalogue);
  return catalogue;
}

function isComplete(value: DescEnumValue): boolean {
  if (!hasOption(value, errorOption)) return false;
  const { code, message } = getOption(value, errorOption);
  return code !== Code.OK_UNSPECIFIED && message !== "";
}

function reasonOf(desc: DescEnum, value: DescEnumValue): ErrorReason {
  const { code, message, retryable } = getOption(value, errorOption);
  const prefix = desc.sharedPrefix ?? "";
  return Object.freeze({
    number: value.number,
    reason: value.name.slice(prefix.length),
    code,
    message,
    retryable,
  });
}
