import type { parse } from "@bufbuild/cel";
import type { DescMessage } from "@bufbuild/protobuf";

type Node = { readonly case?: unknown; readonly value?: unknown };

/** The names that a CEL expression uses, as far as they can be checked before it is ever evaluated. */
export interface ExpressionNames {
  /** Variables that it does not bind itself. */
  readonly free: ReadonlySet<string>;
  /** Paths of fields below `request`, e.g. ["shelf", "owner_id"]. */
  readonly requestPaths: readonly (readonly string[])[];
}

/** Reads the names out of a parsed expression. */
export function namesIn(parsed: ReturnType<typeof parse>): ExpressionNames {
  const used = new Set<string>();
  const bound = new Set<string>();
  const requestPaths: string[][] = [];
  visit(parsed.expr, (node) => {
    const value = node.value as { name?: string; iterVar?: string; iterVar2?: string; accuVar?: string };
    if (node.case === "identExpr") used.add(value.name ?? "");
    if (node.case === "comprehensionExpr")
      for (const name of [value.iterVar, value.iterVar2, value.accuVar]) bound.add(name ?? "");
    const path = node.case === "selectExpr" ? pathOf(node) : undefined;
    if (path?.[0] === "request") requestPaths.push(path.slice(1));
  });
  return { free: new Set([...used].filter((name) => !bound.has(name))), requestPaths };
}

/** Whether the path leads through messages to a field. What lies in lists and maps is not looked at. */
export function leadsToField(desc: DescMessage, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  const field = desc.fields.find((it) => it.name === name);
  if (!field) return false;
  return rest.length === 0 || field.fieldKind !== "message" || leadsToField(field.message, rest);
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (typeof value !== "object" || value === null) return;
  if ("case" in value) see(value);
  for (const part of Object.values(value)) visit(part, see);
}

/** The names of `a.b.c`; undefined where it begins with something else than a name. */
function pathOf(node: Node): string[] | undefined {
  const value = node.value as { name?: string; field?: string; operand?: { exprKind?: Node } };
  if (node.case === "identExpr") return [value.name ?? ""];
  if (node.case !== "selectExpr" || !value.operand?.exprKind) return undefined;
  const before = pathOf(value.operand.exprKind);
  return before && [...before, value.field ?? ""];
}
