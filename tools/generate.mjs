// Generates the TypeScript of the contracts: `node tools/generate.mjs charter|shop`. turbo calls it, so it runs only when a
// .proto or this tool chain has changed.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { vendorProtos } from "./vendor-protos.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const templates = { charter: "buf.gen.charter.yaml", shop: "buf.gen.yaml" };
const template = templates[process.argv[2]];
if (!template) {
  console.error(`usage: node tools/generate.mjs ${Object.keys(templates).join("|")}`);
  process.exit(2);
}
vendorProtos();
const bin = `${root}node_modules/.bin`;
execFileSync(`${bin}/buf`, ["generate", "--template", template], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
});
