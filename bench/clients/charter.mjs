// Charter's client with all that a contract can ask of it. Argument: "charter" or "node", what speaks HTTP/2.

import { createChannel } from "@charter/client";
import { DeskService, order } from "../work/desk.mjs";
import { measure } from "./measure.mjs";

const [wire] = process.argv.slice(2);

await measure((port) => {
  const channel = createChannel({
    wire,
    targets: { "charter.testing.v1": { url: `http://127.0.0.1:${port}`, audience: "desk" } },
    credentials: { tokenFor: async () => "a.token.of-some-length" },
  });
  const desk = channel.client(DeskService);
  return () => desk.addUp(order);
});
