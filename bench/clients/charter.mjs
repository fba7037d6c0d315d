// Charter's client with all that a contract can ask of it.

import { createChannel } from "@charter/client";
import { DeskService, order } from "../work/desk.mjs";
import { measure } from "./measure.mjs";

await measure((port) => {
  const channel = createChannel({
    targets: { "charter.testing.v1": { url: `http://127.0.0.1:${port}`, audience: "desk" } },
    credentials: { tokenFor: async () => "a.token.of-some-length" },
  });
  const desk = channel.client(DeskService);
  return () => desk.addUp(order);
});
