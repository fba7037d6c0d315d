import { type DescFile, type DescMethod, fromJsonString } from "@bufbuild/protobuf";
import type { Fallback } from "@charter/contract/charter/v1/options_pb.js";
import type { Compilation } from "../compilation.js";
import type { FallbackPolicy } from "../method-policy.js";

export function compileFallback(work: Compilation): FallbackPolicy | undefined {
  const declared = work.find("fallback", (it) => it.fallback);
  if (!declared) return undefined;
  return compileKind(work, declared.kind);
}

function compileKind(work: Compilation, kind: Fallback["kind"]): FallbackPolicy | undefined {
  if (kind.case === "stale") return compileStale(work, kind.value.maxAgeS);
  if (kind.case === "message") return compileMessage(work, kind.value);
  if (kind.case === "method") return compileOtherMethod(work, kind.value);
  work.require(kind.case === "empty" && kind.value, "fallback", "says nothing; set exactly one kind");
  return { kind: "empty" };
}

function compileStale(work: Compilation, maxAgeS: number): FallbackPolicy {
  work.require(maxAgeS >= 1, "fallback.stale.max_age_s", "must be at least 1");
  return { kind: "stale", maxAgeMs: maxAgeS * 1_000 };
}

function compileMessage(work: Compilation, json: string): FallbackPolicy | undefined {
  try {
    return { kind: "message", message: fromJsonString(work.method.output, json) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    work.problem("fallback.message", `is not the JSON of a ${work.method.output.typeName}: ${why}`);
    return undefined;
  }
}

function compileOtherMethod(work: Compilation, name: string): FallbackPolicy | undefined {
  const { method } = work;
  const other = findMethod(method.parent.file, name);
  work.require(
    other !== undefined && other !== method,
    "fallback.method",
    `"${name}" names no other method of this file or its imports`,
  );
  if (!other) return undefined;
  work.require(
    other.input.typeName === method.input.typeName && other.output.typeName === method.output.typeName,
    "fallback.method",
    `"${name}" has another request or response than ${method.name}`,
  );
  return { kind: "method", method: `/${other.parent.typeName}/${other.name}` };
}

function findMethod(file: DescFile, name: string): DescMethod | undefined {
  const own = file.services.flatMap((service) => service.methods);
  const found = own.find((method) => `${method.parent.typeName}.${method.name}` === name);
  if (found) return found;
  for (const dependency of file.dependencies) {
    const imported = findMethod(dependency, name);
    if (imported) return imported;
  }
  return undefined;
}
