import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { project } from "./packages/testing/jest/preset.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const projects = ["packages", "apps"].flatMap((folder) =>
  readdirSync(`${root}${folder}`)
    .filter((name) => existsSync(`${root}${folder}/${name}/package.json`))
    .map((name) => project(name, `${root}${folder}/${name}`)),
);

/** Plain JavaScript beside the workspace. */
const scripts = (name) => ({
  displayName: name,
  rootDir: `${root}${name}`,
  testMatch: ["<rootDir>/**/*.test.mjs"],
  transform: {},
});

export default {
  // With one alone, a core of two is idle for a third of the time. More of them race each other's PostgreSQL and shops for the cores.
  maxWorkers: 2,
  projects: [...projects, project("interop", `${root}interop`), scripts("tools"), scripts("bench")],
  globalSetup: "./tools/jest-global-setup.mjs",
  globalTeardown: "./tools/jest-global-teardown.mjs",
  reporters: ["default", "./tools/jest-summary-reporter.mjs"],
  testTimeout: 60_000,
};
