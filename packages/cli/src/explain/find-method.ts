import type { DescMethod } from "@bufbuild/protobuf";
import { UsageError } from "../usage-error.js";
import { nearest } from "./nearest.js";

const MAX_SUGGESTIONS = 3;

/** The path of a method on the wire, e.g. "/shop.buy.v1.OrderService/PlaceOrder". */
export function procedureOf(method: DescMethod): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/**
 * The method of that name: its path on the wire or any end of its full name ("PlaceOrder", "OrderService.PlaceOrder"), whatever the
 * case.
 * @throws UsageError with near names when there is none, and with all of them when there are several
 */
export function findMethod(methods: readonly DescMethod[], name: string): DescMethod {
  const wanted = dotted(name);
  const found = methods.filter((method) => `.${dotted(procedureOf(method))}`.endsWith(`.${wanted}`));
  const [first, second] = found;
  if (first && !second) return first;
  if (first) throw new UsageError(`"${name}" names several procedures:${listed(found.map(procedureOf))}`);
  throw new UsageError(`there is no procedure "${name}"${suggestions(methods, wanted)}`);
}

function suggestions(methods: readonly DescMethod[], wanted: string): string {
  if (methods.length === 0) return ", for no contracts are loaded; name them in package.json or by --image";
  const parts = wanted.split(".").length;
  const comparable = (method: DescMethod) => dotted(procedureOf(method)).split(".").slice(-parts).join(".");
  const near = nearest(wanted, methods, comparable, MAX_SUGGESTIONS).map(procedureOf);
  return near.length > 0 ? `; did you mean:${listed(near)}` : "; `charter explain` lists all";
}

function dotted(name: string): string {
  return name.replace(/^\//, "").replaceAll("/", ".").toLowerCase();
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\n  ${name}`).join("");
}
