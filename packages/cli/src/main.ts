import { runCli } from "./run-cli.js";

const code = await runCli(process.argv.slice(2), {
  folder: process.cwd(),
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
});
if (code !== 0) process.exitCode = code;
