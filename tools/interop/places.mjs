import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { root } from "../root.mjs";

const cache = `${root}.charter/interop/`;
const goFolder = `${root}interop/go/`;

/** The Go program, one build for each state of its sources; and where these are. */
export const go = { folder: goFolder, program: `${cache}go-${digest(goFolder)}/peer` };

/** The Python program and the environment that has what it needs. */
export const python = {
  requirements: `${root}interop/python/requirements.txt`,
  program: `${root}interop/python/peer.py`,
  environment: `${cache}python-${digest(`${root}interop/python/`)}/`,
  get interpreter() {
    return `${this.environment}bin/python3`;
  },
};

const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium of the machine's; undefined where there is none. */
export function browser() {
  return browsers.find((path) => existsSync(path));
}

function digest(folder) {
  const hash = createHash("sha256");
  for (const file of readdirSync(folder)
    .filter((name) => /\.(go|mod|sum|py|txt)$/.test(name))
    .sort())
    hash.update(`\0${file}\0`).update(readFileSync(folder + file));
  return hash.digest("hex").slice(0, 16);
}
