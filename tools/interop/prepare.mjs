import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "../run-command.mjs";
import { browser, go, python } from "./places.mjs";

const has = (program, args) =>
  run(program, args).then(
    () => true,
    () => false,
  );

/** What a part of the interop tests needs: whether it is there already, and how it comes there; `prepare` answers why it cannot. */
const needs = {
  "grpc-go": { isReady: () => existsSync(go.program), prepare: prepareGo },
  grpcio: { isReady: () => existsSync(python.interpreter), prepare: preparePython },
};

/** Brings what the interop tests need and this machine can have; answers what is missing and why. A program that does not compile throws. */
export async function prepareInterop() {
  const missing = [];
  for (const [name, { isReady, prepare }] of Object.entries(needs)) {
    const reason = isReady() ? undefined : await prepare();
    if (reason) missing.push(`no ${name}: ${reason}`);
  }
  return missing;
}

async function prepareGo() {
  if (!(await has("go", ["version"]))) return "Go is not installed";
  if (!(await has("go", ["-C", go.folder, "mod", "download"]))) return "its modules cannot be fetched";
  mkdirSync(dirname(go.program), { recursive: true });
  const build = ["-C", go.folder, "build", "-trimpath", "-o", go.program, "."];
  await run("go", build, { env: { CGO_ENABLED: "0" } });
  return undefined;
}

async function preparePython() {
  if (!(await has("python3", ["--version"]))) return "Python is not installed";
  const { environment, interpreter, requirements } = python;
  try {
    await run("python3", ["-m", "venv", environment]);
    await run(interpreter, ["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "-r", requirements]);
    return undefined;
  } catch {
    // Half an environment must not be taken for a whole one.
    rmSync(environment, { recursive: true, force: true });
    return "grpcio cannot be installed";
  }
}

/** Installs Chromium where that needs nobody's leave: as root, by apt-get. Answers why it cannot. */
export async function prepareBrowser() {
  if (browser()) return undefined;
  if (process.getuid?.() !== 0 || !(await has("apt-get", ["--version"])))
    return "no Chromium: install one, e.g. apt-get install chromium";
  await run("apt-get", ["install", "--yes", "--no-install-recommends", "chromium"]);
  return browser() ? undefined : "no Chromium: apt-get has installed none";
}
