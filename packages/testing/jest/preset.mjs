import { fileURLToPath } from "node:url";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** One jest project: the TypeScript tests below `rootDir`, as ES modules, against the sources of every workspace package. */
export const project = (displayName, rootDir) => ({
  displayName,
  rootDir,
  testMatch: ["<rootDir>/src/**/*.test.ts"],
  testEnvironment: here("./environment.mjs"),
  testEnvironmentOptions: { customExportConditions: ["charter:source", "node", "node-addons"] },
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        jsc: { parser: { syntax: "typescript" }, target: "es2023" },
        module: { type: "es6" },
        sourceMaps: "inline",
      },
    ],
  },
});
