import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { pnpm } from "./pnpm.mjs";
import { root } from "./root.mjs";

const stampFile = `${root}node_modules/.charter-installed`;

/** Installs what the lockfile pins, unless that was done already for the same lockfile and manifests. */
export async function install(progress) {
  const stamp = fingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  await pnpm(["install", "--frozen-lockfile", "--reporter=append-only"], {
    onLine: (line) => /^Progress:|^(Downloading|Packages)/.test(line) && progress(line),
  });
  writeFileSync(stampFile, stamp);
}

/** Changes whenever an install could bring something else. */
function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests()]) {
    hash.update(`\0${file}\0`).update(readFileSync(root + file));
  }
  return hash.digest("hex");
}

function manifests() {
  const members = ["gen", "packages", "apps"].flatMap((folder) =>
    readdirSync(root + folder)
      .map((name) => `${folder}/${name}/package.json`)
      .filter((file) => existsSync(root + file)),
  );
  return [...members, "interop/package.json"];
}
