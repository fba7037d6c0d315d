// What is measured with, and how it comes onto the machine.

import { spawnSync } from "node:child_process";

/** Command -> its package in Debian and Ubuntu. */
const packages = { taskset: "util-linux", h2load: "nghttp2-client", wrk: "wrk", go: "golang-go" };

const known = new Map();
let updated = false;

/** Undefined when the command is there, else why it is not. Where root and apt are at hand it is installed. */
export function missing(command) {
  if (!known.has(command)) known.set(command, look(command));
  return known.get(command);
}

function look(command) {
  if (isThere(command)) return undefined;
  if (process.getuid?.() !== 0 || !isThere("apt-get"))
    return `${command} is not installed (Debian's package ${packages[command]})`;
  process.stderr.write(`installing ${packages[command]} …\n`);
  if (!updated) apt("update");
  updated = true;
  apt("install", "--yes", "--no-install-recommends", packages[command]);
  return isThere(command) ? undefined : `apt-get could not install ${packages[command]}`;
}

const isThere = (command) =>
  spawnSync("sh", ["-c", 'command -v "$1"', "sh", command], { stdio: "ignore" }).status === 0;

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["--quiet", ...args], { stdio: ["ignore", "ignore", "inherit"], env });
}
