// Generates the TypeScript of the contracts: `node tools/generate.mjs charter|shop`. turbo calls it, so it runs only when a
// .proto or this tool chain has changed.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { root } from "./root.mjs";
import { vendorProtos } from "./vendor-protos.mjs";

/** Package below gen/ -> buf template. */
export const templates = { charter: "buf.gen.charter.yaml", shop: "buf.gen.yaml" };

/** Writes gen/<name>/src below `output`, which is the repository where none is given. */
export function generate(name, output = root) {
  vendorProtos();
  const bin = `${root}node_modules/.bin`;
  execFileSync(`${bin}/buf`, ["generate", "--template", templates[name], "--output", output], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const name = process.argv[2];
  if (!Object.hasOwn(templates, name ?? "")) {
    process.stderr.write(`usage: node tools/generate.mjs ${Object.keys(templates).join("|")}\n`);
    process.exit(2);
  }
  generate(name);
}
