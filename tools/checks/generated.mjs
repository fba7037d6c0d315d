import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate, templates } from "../generate.mjs";
import { root } from "../root.mjs";
import { run } from "../run-command.mjs";

/** Generates into a temporary folder and compares it with gen/ as it lies here. */
export async function checkGenerated() {
  const folder = mkdtempSync(join(tmpdir(), "charter-generated-"));
  try {
    for (const name of Object.keys(templates)) {
      generate(name, folder);
      await run("diff", ["-r", "-u", `${root}gen/${name}/src`, `${folder}/gen/${name}/src`]);
    }
  } catch (error) {
    throw new Error(
      `${error.message}\ngen/ is not what the protos say: run \`pnpm generate\` and commit the result.`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
