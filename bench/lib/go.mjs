import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename } from "node:path";
import { root } from "../../tools/root.mjs";

const folder = `${root}.charter/bench/bin`;

export const goBinary = (module) => `${folder}/${basename(module)}`;

/** Builds a Go program of this folder. Undefined when it is built, else why it is not. */
export function buildGo(module) {
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync("go", ["build", "-o", goBinary(module), "."], {
    cwd: new URL(`../${module}`, import.meta.url),
    encoding: "utf8",
  });
  return status === 0 ? undefined : `go build failed: ${stderr.trim().split("\n").at(-1)}`;
}
