// connect-node, and nothing else.

import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { DeskService, order } from "../work/desk.mjs";
import { measure } from "./measure.mjs";

await measure((port) => {
  const transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}`, acceptCompression: [] });
  const desk = createClient(DeskService, transport);
  return () => desk.addUp(order);
});
