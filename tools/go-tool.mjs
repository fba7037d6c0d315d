import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { root } from "./root.mjs";

/** A program written in Go that a check needs: one package of a module, at one release. */
export class GoTool {
  #module;
  #package;
  #release;

  constructor({ module, package: inModule, release }) {
    this.#module = module;
    this.#package = inModule;
    this.#release = release;
  }

  /** Whether this machine can have it. Prints what is skipped where it cannot, so that nobody takes that for a pass. */
  get isAvailable() {
    if (spawnSync("go", ["version"]).status === 0) return true;
    const name = this.#package.split("/").at(-1);
    process.stdout.write(`skipped: ${name} needs Go (https://go.dev/dl/) to be built\n`);
    return false;
  }

  /** Where the built program is, in a folder that git ignores; builds it the first time. */
  program() {
    const folder = `${root}.charter/go/${this.#release}`;
    const file = `${folder}/${this.#package.split("/").at(-1)}`;
    if (!existsSync(file)) {
      const source = `${this.#module}/${this.#package}@${this.#release}`;
      execFileSync("go", ["install", source], { stdio: "inherit", env: { ...process.env, GOBIN: folder } });
    }
    return file;
  }

  /** The folder with the module's sources, once the program is built. */
  sources() {
    const cache = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
    return `${cache}/${this.#module}@${this.#release}`;
  }
}
