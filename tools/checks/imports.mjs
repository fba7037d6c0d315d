import { globSync, readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { root } from "../root.mjs";
import { rules } from "./import-rules.mjs";

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;

/** Fails on an import that goes where it must not, and says why the rule is there. */
export async function checkImports() {
  const files = globSync("{packages,apps}/*/src/**/*.ts", { cwd: root });
  const breaches = files.flatMap((path) => breachesOf(path)).concat(cycles());
  if (breaches.length) throw new Error(breaches.join("\n"));
  return `remark: ${files.length} files`;
}

function breachesOf(path) {
  const file = {
    path,
    workspace: path.split("/").slice(0, 2).join("/"),
    isTest: /\.(test|contract)\.ts$|\/src\/testing\//.test(path),
  };
  return importsOf(path).flatMap((specifier) =>
    rules
      .filter((rule) => rule.breachedBy(file, { specifier, target: target(path, specifier) }))
      .map((rule) => `${path}: imports "${specifier}". ${rule.why}`),
  );
}

function importsOf(path) {
  const source = readFileSync(root + path, "utf8");
  return [...source.matchAll(importPattern)].map((match) => match[1] ?? match[2]);
}

/** The path in the repository that a relative import names; undefined for a package. */
function target(path, specifier) {
  return specifier.startsWith(".") ? normalize(`${dirname(path)}/${specifier}`) : undefined;
}

/** Workspace packages that depend on each other in a circle, tests not counted. */
function cycles() {
  const manifests = globSync("{gen,packages,apps}/*/package.json", { cwd: root }).map((file) =>
    JSON.parse(readFileSync(root + file, "utf8")),
  );
  const edges = new Map(manifests.map(({ name, dependencies = {} }) => [name, Object.keys(dependencies)]));
  const found = [];
  const visit = (name, trail) => {
    if (trail.includes(name))
      return found.push(
        `${[...trail.slice(trail.indexOf(name)), name].join(" -> ")}: packages must not depend on each other in a circle.`,
      );
    for (const next of edges.get(name) ?? []) if (edges.has(next)) visit(next, [...trail, name]);
  };
  for (const name of edges.keys()) visit(name, []);
  return [...new Set(found)].slice(0, 3);
}
