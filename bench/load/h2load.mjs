// Closed loop over HTTP/2: as many calls in flight as CONNECTIONS x STREAMS, each followed by the next. https://nghttp2.org

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuMicros, LOAD_CORE } from "../lib/cores.mjs";
import { output } from "../lib/process.mjs";
import { assertAnswered, readH2load } from "./read-h2load.mjs";

const CONNECTIONS = 8;
const STREAMS = 16;

/** Calls per second and the server's CPU time per call, after a warm-up. Throws when a call failed or was answered with an error. */
export async function loadGrpc({ port, token, pid }, { path, body, answer }, { seconds, warmUpSeconds }) {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const file = join(directory, "request");
    await writeFile(file, body);
    const run = (duration) => h2load({ url: `http://127.0.0.1:${port}${path}`, token, file, duration });
    await run(warmUpSeconds);
    const before = await cpuMicros(pid);
    const result = await run(seconds);
    const spent = (await cpuMicros(pid)) - before;
    assertAnswered(result, { answerBytes: answer.length, inFlight: CONNECTIONS * STREAMS });
    return { callsPerSecond: result.callsPerSecond, cpuMicros: spent / result.calls };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function h2load({ url, token, file, duration }) {
  const headers = ["content-type: application/grpc", "te: trailers"];
  if (token) headers.push(`authorization: Bearer ${token}`);
  const load = ["-D", duration, "-c", CONNECTIONS, "-m", STREAMS, "-d", file].map(String);
  return readH2load(
    await output(["h2load", ...load, ...headers.flatMap((it) => ["-H", it]), url], LOAD_CORE),
  );
}
