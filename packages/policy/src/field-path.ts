import { type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";

/** A path to a string field of a message, resolved once so that reading it costs little. */
export interface FieldPath {
  readonly path: string;
  /** The field's value; "" where it, or a message on the way to it, is not set. */
  read(message: Message): string;
}

/** Resolves e.g. "order.user_id"; undefined when the path does not lead through messages to a singular string field. */
export function resolveFieldPath(desc: DescMessage, path: string): FieldPath | undefined {
  const fields = fieldsAlong(desc, path);
  if (!fields) return undefined;
  return { path, read: (message) => readAlong(fields, desc, message) };
}

function fieldsAlong(desc: DescMessage, path: string): DescField[] | undefined {
  const fields: DescField[] = [];
  let at: DescMessage | undefined = desc;
  for (const name of path.split(".")) {
    const field: DescField | undefined = at?.fields.find((it) => it.name === name);
    if (!field) return undefined;
    fields.push(field);
    at = field.fieldKind === "message" ? field.message : undefined;
  }
  const last = fields.at(-1);
  return last?.fieldKind === "scalar" && last.scalar === ScalarType.STRING ? fields : undefined;
}

function readAlong(fields: readonly DescField[], desc: DescMessage, message: Message): string {
  let at = reflect(desc, message);
  for (const field of fields) {
    if (field.fieldKind === "message") at = at.get(field);
    else if (field.fieldKind === "scalar") return String(at.get(field));
  }
  return "";
}
