import { parseArgs } from "node:util";

/**
 * The options of a command line. Where it asks for help, or is wrong, this says what there is and ends the process.
 *
 * @param usage what `--help` shows
 * @param options as those of parseArgs
 */
export function readOptions(usage, options, args = process.argv.slice(2)) {
  try {
    const { values } = parseArgs({
      args,
      options: { ...options, help: { type: "boolean", default: false } },
    });
    if (!values.help) return values;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
