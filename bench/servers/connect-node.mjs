// connect-node, and nothing else. Argument: "http2" or "http1". Compression is off, as everywhere.

import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { addUp, copy, DeskService, prices } from "../work/desk.mjs";
import { announce } from "./announce.mjs";

const [version] = process.argv.slice(2);
const adapter = connectNodeAdapter({
  acceptCompression: [],
  routes: (router) =>
    router.service(DeskService, {
      addUp,
      copy,
      async *listPrices(request) {
        yield* prices(request);
      },
    }),
});
const server = version === "http1" ? createHttp1Server(adapter) : createHttp2Server(adapter);
server.listen(0, "127.0.0.1", () => announce({ port: server.address().port }));
