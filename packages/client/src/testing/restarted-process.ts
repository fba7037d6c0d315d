import { runProcess } from "@charter/server";
import { sleep, systemClock } from "@charter/time";
import { startCharterServer } from "./charter-server.js";

const GRACE_MS = 5_000;
const WORK_MS = 5;
const work = () => sleep(systemClock, WORK_MS);

// One instance in a process of its own, on the port of its first argument, which it prints once it serves.
await runProcess({
  name: "restarted",
  start: async () => {
    const server = await startCharterServer(
      {
        act: async ({ value }) => {
          await work();
          return { value };
        },
        async *watch({ value }) {
          for (let count = 0; count < 3; count += 1) {
            await work();
            yield { value };
          }
        },
      },
      Number(process.argv[2]),
    );
    process.stdout.write(`port ${server.port}\n`);
    return { drain: () => server.drain(GRACE_MS) };
  },
});
