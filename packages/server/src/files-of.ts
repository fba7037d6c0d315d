import type { DescFile } from "@bufbuild/protobuf";

/** A file and all that it imports, each once and after what it imports itself. */
export function filesOf(file: DescFile, found: Set<DescFile> = new Set()): ReadonlySet<DescFile> {
  if (found.has(file)) return found;
  for (const dependency of file.dependencies) filesOf(dependency, found);
  return found.add(file);
}
