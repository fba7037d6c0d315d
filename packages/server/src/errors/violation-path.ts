import { type Path, pathToString } from "@bufbuild/protobuf/reflect";

/** The path of a field at fault, e.g. "lines[2].sku". It ends at a map with `debug_redact`, whose keys are data like its values. */
export function violationPath(path: Path): string {
  const secretMap = path.findIndex(
    (part) => part.kind === "field" && part.fieldKind === "map" && part.proto.options?.debugRedact === true,
  );
  return pathToString(secretMap < 0 ? path : path.slice(0, secretMap + 1));
}
