import type { Compilation } from "../compilation.js";
import { resolveFieldPath } from "../field-path.js";
import type { IdempotencyPolicy } from "../method-policy.js";

const DEFAULT_RETENTION_S = 86_400;

export function compileIdempotency(work: Compilation): IdempotencyPolicy | undefined {
  const declared = work.find("idempotency", (it) => it.idempotency);
  if (!declared) return undefined;
  work.require(
    resolveFieldPath(work.method.input, declared.keyField) !== undefined,
    "idempotency.key_field",
    `"${declared.keyField}" names no string field of ${work.method.input.typeName}`,
  );
  const fields = new Set(work.method.input.fields.map(({ name }) => name));
  for (const name of declared.ignoredFields) {
    const message = `"${name}" names no field of ${work.method.input.typeName}`;
    work.require(fields.has(name), "idempotency.ignored_fields", message);
  }
  return {
    keyField: declared.keyField,
    retentionMs: (declared.retentionS || DEFAULT_RETENTION_S) * 1_000,
    ignoredFields: declared.ignoredFields,
  };
}
