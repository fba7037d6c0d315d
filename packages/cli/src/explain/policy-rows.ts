import { isMessage } from "@bufbuild/protobuf";
import { Code } from "@charter/contract/charter/v1/code_pb.js";
import type { MethodPolicy } from "@charter/policy";

/** One value that holds for a method, and who said so. */
export interface PolicyRow {
  /** Path in the MethodPolicy, e.g. "deadline.defaultMs". */
  readonly option: string;
  readonly value: string;
  /** "method", "service", "file" or "default". */
  readonly from: string;
}

/** Options that a contract may leave out and that then do not act at all. */
const OPTIONAL = ["idempotency", "retry", "hedge", "fallback", "objective"];
const NOT_OPTIONS = new Set(["procedure", "kind", "provenance"]);

/** Every effective value of a policy, one row each, those that do not act included as "none". */
export function policyRows(policy: MethodPolicy): readonly PolicyRow[] {
  const options = Object.entries(policy).filter(([option]) => !NOT_OPTIONS.has(option));
  const rows = options.flatMap(([option, value]) => rowsOf(option, value, policy.provenance));
  const absent = OPTIONAL.filter((option) => !Object.hasOwn(policy, option));
  return [...rows, ...absent.map((option) => row(option, undefined, policy.provenance))];
}

function rowsOf(option: string, value: unknown, provenance: MethodPolicy["provenance"]): PolicyRow[] {
  if (Array.isArray(value) && value.some(isPlainObject)) {
    return value.flatMap((item, index) => rowsOf(`${option}[${index}]`, item, provenance));
  }
  if (!isPlainObject(value)) return [row(option, value, provenance)];
  return Object.entries(value).flatMap(([name, member]) => rowsOf(`${option}.${name}`, member, provenance));
}

function row(option: string, value: unknown, provenance: MethodPolicy["provenance"]): PolicyRow {
  return { option, value: textOf(option, value), from: origin(option, provenance) };
}

/** Where the value came from, or else the option that it is a part of. */
function origin(option: string, provenance: MethodPolicy["provenance"]): string {
  for (let path = option; path !== ""; path = path.replace(/(^|\.|\[)[^.[]*$/, "")) {
    const from = provenance[path];
    if (from) return from;
  }
  return "default";
}

function textOf(option: string, value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return "none";
  if (option === "retry.codes" && Array.isArray(value))
    return value.map((code) => Code[code as Code]).join(", ");
  if (Array.isArray(value)) return value.join(", ");
  return isMessage(value) ? JSON.stringify(value, withoutType) : String(value);
}

function withoutType(key: string, value: unknown): unknown {
  if (key === "$typeName") return undefined;
  return typeof value === "bigint" ? value.toString() : value;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isMessage(value);
}
