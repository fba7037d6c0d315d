// A process of its own that loads the key of a service and prints the key's name: `print-key-name.ts <directory> <service>`.
import { loadOrCreateKey } from "../key-files.js";

const [directory = "", service = ""] = process.argv.slice(2);
const { kid } = await loadOrCreateKey(directory, service);
process.stdout.write(`${kid}\n`);
