import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { isMessage, ScalarType } from "@bufbuild/protobuf";

/** Answers the path of the first text that holds a NUL character, e.g. "lines[2].sku"; undefined where there is none. */
type Finder = (message: Message) => string | undefined;
type ValueFinder = (value: unknown, path: string) => string | undefined;

const finders = new WeakMap<DescMessage, Finder>();

/**
 * Looks for NUL characters in all texts of a message. Protobuf allows them, PostgreSQL, C libraries and most log readers do not, so no
 * contract means them: they are refused at the edge. The search is compiled once per message type and visits only fields that can
 * hold text.
 */
export function nulTextFinder(desc: DescMessage): Finder {
  const known = finders.get(desc);
  if (known) return known;
  let compiled: Finder | undefined;
  // Messages may contain themselves, so the finder is known before it is compiled.
  const finder: Finder = (message) => {
    compiled ??= compile(desc);
    return compiled(message);
  };
  finders.set(desc, finder);
  return finder;
}

/** Whether a message, or plain JSON where a field of its type holds that, has such a text. */
export function holdsNulText(desc: DescMessage): (value: unknown) => boolean {
  const find = inMessage(desc);
  return (value) => find(value, "") !== undefined;
}

function compile(desc: DescMessage): Finder {
  const fields = desc.fields.flatMap((field) => {
    const find = fieldFinder(field);
    return find ? [{ field, find }] : [];
  });
  return (message) => {
    for (const { field, find } of fields) {
      const found = find(read(message, field), field.name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** Members of a oneof lie under the oneof's name. */
function read(message: Message, field: DescField): unknown {
  const record = message as unknown as Record<string, unknown>;
  if (!field.oneof) return record[field.localName];
  const member = record[field.oneof.localName] as { case?: string; value?: unknown };
  return member.case === field.localName ? member.value : undefined;
}

function fieldFinder(field: DescField): ValueFinder | undefined {
  switch (field.fieldKind) {
    case "scalar":
      return field.scalar === ScalarType.STRING ? findInText : undefined;
    case "message":
      return inMessage(field.message);
    case "list":
      return lift(field.listKind, field, inList);
    case "map": {
      const key = field.mapKey === ScalarType.STRING ? findInText : undefined;
      const value = lift(field.mapKind, field, (find) => find);
      return key || value ? inMap(key, value) : undefined;
    }
    default:
      return undefined;
  }
}

/** A finder over the items of a list or the values of a map, where these can hold text. */
function lift(
  kind: "scalar" | "message" | "enum",
  field: { scalar?: ScalarType | undefined; message?: DescMessage | undefined },
  over: (find: ValueFinder) => ValueFinder,
): ValueFinder | undefined {
  if (kind === "message" && field.message) return over(inMessage(field.message));
  return kind === "scalar" && field.scalar === ScalarType.STRING ? over(findInText) : undefined;
}

const findInText: ValueFinder = (value, path) =>
  typeof value === "string" && value.includes("\0") ? path : undefined;

function inMessage(desc: DescMessage): ValueFinder {
  const find = nulTextFinder(desc);
  return (value, path) => {
    if (value === undefined || value === null) return undefined;
    // Fields of a wrapper type hold the plain value, and fields of google.protobuf.Struct plain JSON.
    if (!isMessage(value)) return findInJson(value, path);
    const found = find(value);
    return found === undefined ? undefined : `${path}.${found}`;
  };
}

function findInJson(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return findInText(value, path);
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const found = findInText(name, path) ?? findInJson(item, `${path}[${JSON.stringify(name)}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inList(find: ValueFinder): ValueFinder {
  return (value, path) => {
    const items = value as readonly unknown[];
    for (let index = 0; index < items.length; index += 1) {
      const found = find(items[index], `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function inMap(key: ValueFinder | undefined, value: ValueFinder | undefined): ValueFinder {
  return (map, path) => {
    for (const [name, item] of Object.entries(map as Record<string, unknown>)) {
      const found = key?.(name, path) ?? value?.(item, `${path}[${JSON.stringify(name)}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
