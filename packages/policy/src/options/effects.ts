import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import type { Compilation } from "../compilation.js";
import type { Effects } from "../method-policy.js";

/** Reads protobuf's own `idempotency_level`. */
export function compileEffects(work: Compilation): Effects {
  const level = work.method.idempotency;
  work.provenance.effects = level === Level.IDEMPOTENCY_UNKNOWN ? "default" : "method";
  if (level === Level.NO_SIDE_EFFECTS) return "none";
  return level === Level.IDEMPOTENT ? "idempotent" : "effects";
}
