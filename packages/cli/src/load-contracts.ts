import { glob, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createFileRegistry, type DescMethod, type DescService, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { Project } from "./project.js";
import { UsageError } from "./usage-error.js";

/** Every method of the contract modules that a project names. @throws UsageError when a module cannot be loaded */
export async function methodsOfProject({ root, contracts }: Project): Promise<readonly DescMethod[]> {
  const paths = await Promise.all(contracts.map((pattern) => matches(root, pattern)));
  const modules = await Promise.all([...new Set(paths.flat())].map((path) => load(root, path)));
  return modules
    .flatMap((module) => Object.values(module).filter(isService))
    .flatMap(({ methods }) => methods);
}

/**
 * Every method of a descriptor image, as `buf build -o image.binpb` or `protoc --descriptor_set_out` write it (with imports).
 * @throws UsageError when the file is none
 */
export async function methodsOfImage(path: string): Promise<readonly DescMethod[]> {
  try {
    const image = fromBinary(FileDescriptorSetSchema, await readFile(path));
    const files = [...createFileRegistry(image).files];
    return files.flatMap(({ services }) => services).flatMap(({ methods }) => methods);
  } catch (error) {
    throw new UsageError(`${path} is no descriptor image with imports: ${(error as Error).message}`);
  }
}

async function matches(root: string, pattern: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern, { cwd: root })) paths.push(path);
  if (paths.length > 0) return paths;
  throw new UsageError(`no contract matches ${pattern} in ${root}; build first`);
}

async function load(root: string, path: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(resolve(root, path)).href);
  } catch (error) {
    throw new UsageError(`the contract ${path} cannot be loaded: ${(error as Error).message}`);
  }
}

function isService(value: unknown): value is DescService {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "service";
}
