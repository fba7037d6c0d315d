import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../root.mjs";
import { run } from "../run-command.mjs";

const buf = `${root}node_modules/.bin/buf`;
const git = async (...args) => (await run("git", args)).trim();

/**
 * Checks the protos for breaking changes against the commit that this branch left the main branch at. buf cannot read a git
 * tree whose imports are not in git, so an image is built of the older protos beside today's vendored ones.
 */
export async function checkBreaking() {
  const base = await baseCommit();
  if (!base.commit) return `remark: nothing to compare with: ${base.reason}`;
  const folder = mkdtempSync(join(tmpdir(), "charter-breaking-"));
  try {
    await run("sh", ["-c", `git archive ${base.commit} proto buf.yaml | tar -x -C "${folder}"`]);
    cpSync(`${root}third_party`, `${folder}/third_party`, { recursive: true });
    await run(buf, ["build", "proto", "--output", "image.binpb"], { cwd: folder });
    await run(buf, [
      "breaking",
      "proto",
      "--against",
      `${folder}/image.binpb#format=binpb`,
      "--exclude-imports",
    ]);
    return `remark: against ${base.commit.slice(0, 12)}, ${base.reason}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where this branch began; on the main branch itself HEAD while protos are being edited, else HEAD's parent. */
async function baseCommit() {
  if (!existsSync(`${root}.git`)) return { reason: "this is not a git checkout" };
  const main = await firstExisting(["origin/main", "main"]);
  if (!main) return { reason: "there is no main branch" };
  const head = await git("rev-parse", "HEAD");
  const mergeBase = await git("merge-base", "HEAD", main);
  if (mergeBase !== head) return withProtos(mergeBase, `where this branch left ${main}`);
  if (await git("status", "--porcelain", "--", "proto"))
    return withProtos(head, "HEAD, since proto/ has uncommitted changes");
  const parent = await firstExisting(["HEAD~1"]);
  return parent
    ? withProtos(await git("rev-parse", parent), "the parent of HEAD")
    : { reason: "HEAD has no parent here" };
}

async function withProtos(commit, reason) {
  const files = await git("ls-tree", "-r", "--name-only", commit, "--", "proto");
  return files ? { commit, reason } : { reason: `${commit.slice(0, 12)} has no protos` };
}

async function firstExisting(refs) {
  for (const ref of refs) {
    try {
      await git("rev-parse", "--verify", "--quiet", `${ref}^{commit}`);
      return ref;
    } catch {
      // This ref does not exist; the next one may.
    }
  }
  return undefined;
}
