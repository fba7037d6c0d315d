import { existsSync } from "node:fs";
import { root } from "./root.mjs";

const least = [22, 15];

/** The Node that runs everything: the one that the lockfile brings, else the machine's own if it is new enough. */
export function pinnedNode() {
  const fromLockfile = `${root}node_modules/.bin/node`;
  if (existsSync(fromLockfile)) return fromLockfile;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > least[0] || (major === least[0] && minor >= least[1])) return process.execPath;
  throw new Error(
    `Charter needs Node ${least.join(".")} or newer on ${process.platform}-${process.arch}; this is Node ${process.versions.node}. ` +
      "Install a newer one (https://nodejs.org) and repeat the command.",
  );
}
