import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import type { GenEnum } from "@bufbuild/protobuf/codegenv2";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  PreconditionFailureSchema,
  QuotaFailureSchema,
  RetryInfoSchema,
} from "@charter/contract/google/rpc/error_details_pb.js";
import { type ErrorReason, errorCatalogue } from "@charter/policy";
import { type Code, ConnectError } from "@connectrpc/connect";

/** What an error may say beyond its reason. Nothing of it may be secret: all of it reaches the caller. */
export interface ContractErrorOptions {
  /** One sentence for the developer who reads the answer. Default: the catalogue's. */
  readonly message?: string;
  /** Facts for a program, e.g. `{sku: "85123A"}`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Which fields of the request are wrong, by their path in the proto. */
  readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
  /** What must be brought about before the call can succeed. */
  readonly preconditions?: readonly {
    readonly type: string;
    readonly subject: string;
    readonly description: string;
  }[];
  /** Which quota is used up. */
  readonly quotas?: readonly { readonly subject: string; readonly description: string }[];
  /** How long the caller should wait before it tries again. */
  readonly retryAfterMs?: number;
  /** What went wrong underneath. For the log alone; never leaves the process. */
  readonly cause?: unknown;
}

type Detail = { desc: DescMessage; value: MessageInitShape<DescMessage> };

/** An error that the contract declares, on its way to the caller. Made by `contractError`. */
export class ContractError extends ConnectError {
  /** The value's name without the enum's prefix, e.g. "PRICE_CHANGED". */
  readonly reason: string;
  /** The package of the error enum, e.g. "shop.buy.v1". */
  readonly domain: string;

  constructor(domain: string, entry: ErrorReason, options: ContractErrorOptions) {
    // The numbers of charter.v1.Code are those of Connect's Code.
    const code = entry.code as number as Code;
    super(
      options.message ?? entry.message,
      code,
      undefined,
      detailsOf(domain, entry, options),
      options.cause,
    );
    this.reason = entry.reason;
    this.domain = domain;
  }

  // ConnectError accepts every look-alike as an instance, and a subclass would inherit that.
  static override [Symbol.hasInstance](candidate: unknown): boolean {
    return candidate instanceof ConnectError && "reason" in candidate && "domain" in candidate;
  }
}

/**
 * An error of a contract's error enum: `throw contractError(BuyErrorSchema, BuyError.PRICE_CHANGED, {metadata: {sku}})`. It leaves
 * with the code that the enum declares and a google.rpc.ErrorInfo, and with further details where `options` names them.
 *
 * @throws TypeError when the value is the zero value or the enum is incomplete
 */
export function contractError<E extends number>(
  schema: GenEnum<E>,
  value: E,
  options: ContractErrorOptions = {},
): ContractError {
  const catalogue = errorCatalogue(schema);
  const entry = catalogue.byNumber.get(value);
  if (!entry) throw new TypeError(`${schema.typeName} has no error ${value}`);
  return new ContractError(catalogue.domain, entry, options);
}

function detailsOf(domain: string, entry: ErrorReason, options: ContractErrorOptions): Detail[] {
  const { metadata = {}, fieldViolations, preconditions, quotas, retryAfterMs } = options;
  const details: Detail[] = [];
  const add = <D extends DescMessage>(desc: D, value: MessageInitShape<D>) =>
    details.push({ desc, value: create(desc, value) });
  add(ErrorInfoSchema, { reason: entry.reason, domain, metadata: { ...metadata } });
  if (fieldViolations) add(BadRequestSchema, { fieldViolations: [...fieldViolations] });
  if (preconditions) add(PreconditionFailureSchema, { violations: [...preconditions] });
  if (quotas) add(QuotaFailureSchema, { violations: [...quotas] });
  if (retryAfterMs !== undefined) add(RetryInfoSchema, { retryDelay: durationOf(retryAfterMs) });
  return details;
}

function durationOf(ms: number) {
  const seconds = Math.floor(ms / 1_000);
  return create(DurationSchema, { seconds: BigInt(seconds), nanos: Math.round((ms % 1_000) * 1_000_000) });
}
