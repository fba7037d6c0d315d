import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:http2";
import { envelope, expected, PATH, request } from "./work.mjs";

const SERVER_CORE = "0";

/** Starts a server pinned to a core of its own. */
export async function serve({ script, args = [] }, profileTo) {
  const profile = profileTo ? ["--cpu-prof", `--cpu-prof-dir=${profileTo}`, "--cpu-prof-interval=200"] : [];
  const child = fork(new URL(`../servers/${script}`, import.meta.url).pathname, args, {
    execPath: "taskset",
    execArgv: ["-c", SERVER_CORE, process.execPath, ...profile],
  });
  const [{ port, token }] = await once(child, "message");
  return {
    port,
    token,
    pid: child.pid,
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

/** Fails unless the server answers the request as every server must. */
export async function assertAnswers({ port, token }) {
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ":method": "POST",
    ":path": PATH,
    "content-type": "application/grpc",
    te: "trailers",
    ...(token && { authorization: `Bearer ${token}` }),
  });
  const trailers = once(stream, "trailers");
  stream.end(envelope(request));
  const body = Buffer.concat(await stream.toArray());
  const [{ "grpc-status": status }] = await trailers;
  session.close();
  if (status !== "0" || !body.equals(envelope(expected))) throw new Error(`wrong answer, status ${status}`);
}
