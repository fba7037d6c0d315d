import { createRegistry, type DescFile, type DescService, type Registry, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The files behind a set of services, found by name, by symbol and by extension. */
export interface ReflectionIndex {
  readonly serviceNames: readonly string[];
  /** The file and all it imports, itself first, as FileDescriptorProto bytes; undefined when it is not known. */
  byFilename(name: string): Uint8Array[] | undefined;
  bySymbol(symbol: string): Uint8Array[] | undefined;
  byExtension(typeName: string, number: number): Uint8Array[] | undefined;
  /** Undefined when the type is not known. */
  extensionNumbers(typeName: string): number[] | undefined;
}

export function createReflectionIndex(services: readonly DescService[]): ReflectionIndex {
  const files = new Map<string, DescFile>();
  for (const { file } of services) collect(file, files);
  const registry = createRegistry(...files.values());
  const bytes = (file: DescFile | undefined) => file && serialise(file);
  return {
    serviceNames: services.map((it) => it.typeName).sort(),
    byFilename: (name) => bytes(files.get(name)),
    bySymbol: (symbol) => bytes(fileOfSymbol(registry, symbol)),
    byExtension: (typeName, number) =>
      bytes(extensionsOf(registry, typeName).find((it) => it.number === number)?.file),
    extensionNumbers: (typeName) =>
      registry.getMessage(typeName) && extensionsOf(registry, typeName).map((it) => it.number),
  };
}

/** Adds a file after all that it imports. */
function collect(file: DescFile, files: Map<string, DescFile>): void {
  const path = `${file.name}.proto`;
  if (files.has(path)) return;
  for (const dependency of file.dependencies) collect(dependency, files);
  files.set(path, file);
}

function serialise(file: DescFile): Uint8Array[] {
  const closure = new Map<string, DescFile>();
  collect(file, closure);
  return [...closure.values()].reverse().map((it) => toBinary(FileDescriptorProtoSchema, it.proto));
}

/** A symbol is a type, a service, an extension, or a member of one: a method, a field, an enum value. */
function fileOfSymbol(registry: Registry, symbol: string): DescFile | undefined {
  const found = registry.get(symbol);
  if (found) return found.file;
  const dot = symbol.lastIndexOf(".");
  const name = symbol.slice(dot + 1);
  const parent = registry.get(symbol.slice(0, dot));
  if (parent?.kind === "service" && parent.methods.some((it) => it.name === name)) return parent.file;
  if (parent?.kind === "message" && parent.members.some((it) => it.name === name)) return parent.file;
  return undefined;
}

function extensionsOf(registry: Registry, typeName: string) {
  return [...registry]
    .filter((it) => it.kind === "extension")
    .filter((it) => it.extendee.typeName === typeName);
}
