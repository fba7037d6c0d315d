import { type DescField, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { isFieldError } from "@bufbuild/protobuf/reflect";

const UNKNOWN_KEY = /^cannot decode (message [\w.]+) from JSON: (key "[A-Za-z_][\w.]{0,63}" is unknown)$/;
const DUPLICATE_KEY = /^cannot decode (message [\w.]+) from JSON: duplicate object key/;
const DEPTH = /^cannot decode (message [\w.]+) from JSON: maximum recursion depth/;
const WELL_KNOWN = /^cannot decode (?:message )?(google\.protobuf\.\w+) from JSON/;

/** Why a JSON body is not the message that it should be: which field or key is wrong, and never the value that stands there. */
export function jsonProblem(error: unknown): string {
  if (!(error instanceof Error)) return "the body is not JSON";
  const { message, cause } = error;
  if (isFieldError(cause)) return `${cause.field()} ${expectation(cause.field())}`;
  const [, type, unknown] = UNKNOWN_KEY.exec(message) ?? [];
  if (type && unknown) return `${unknown} in ${type}`;
  // It may be the key of a map, and so data.
  const [, twice] = DUPLICATE_KEY.exec(message) ?? [];
  if (twice) return `an object has a key twice in ${twice}`;
  const [, deep] = DEPTH.exec(message) ?? [];
  if (deep) return `${deep} is nested too deeply`;
  const [, wellKnown] = WELL_KNOWN.exec(message) ?? [];
  return wellKnown ? `a value is no ${wellKnown}` : "the body is not JSON of the message's form";
}

function expectation(field: DescField | DescOneof): string {
  if (field.kind === "oneof") return "is set more than once";
  if (field.fieldKind === "list") return "must be an array of values of its type";
  if (field.fieldKind === "map") return "must be an object of values of its type";
  return `must be set once, to a value of its type: ${typeOf(field)}`;
}

function typeOf(field: DescField): string {
  if (field.scalar !== undefined) return ScalarType[field.scalar].toLowerCase();
  return field.message?.typeName ?? field.enum?.typeName ?? "";
}
