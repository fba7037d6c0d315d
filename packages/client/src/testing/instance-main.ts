import { startInstance } from "./played-instances.js";

/** An instance in a process of its own that answers with its name: `instance-main.ts <name> <port>`. Lives until it is killed. */
const [, , name = "", port = "0"] = process.argv;
const instance = await startInstance({ port: Number(port) });
instance.play = async () => name;
process.stdout.write(`listening ${instance.port}\n`);
