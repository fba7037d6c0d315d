// Closed loop over HTTP/1.1: as many calls in flight as connections, each followed by the next. https://github.com/wg/wrk

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuMicros, LOAD_CORE } from "../lib/cores.mjs";
import { output } from "../lib/process.mjs";

const CONNECTIONS = 64;

/** Calls per second and the server's CPU time per call, after a warm-up. Throws when a call failed or was answered with an error. */
export async function loadHttp1({ port, token, pid }, request, { seconds, warmUpSeconds }) {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const script = join(directory, "request.lua");
    await writeFile(script, luaOf(request, token));
    const run = (duration) => wrk(`http://127.0.0.1:${port}${request.path}`, script, duration);
    await run(warmUpSeconds);
    const before = await cpuMicros(pid);
    const { calls, micros, errors } = await run(seconds);
    const spent = (await cpuMicros(pid)) - before;
    if (!(calls > 0) || errors > 0) throw new Error(`${errors} of ${calls} calls failed or were refused`);
    return { callsPerSecond: (calls * 1_000_000) / micros, cpuMicros: spent / calls };
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function wrk(url, script, seconds) {
  const load = ["-t", "1", "-c", String(CONNECTIONS), "-d", `${seconds}s`, "-s", script, url];
  const text = await output(["wrk", ...load], LOAD_CORE);
  return JSON.parse(text.trimEnd().split("\n").at(-1));
}

/** Lua's strings take any byte by its number. */
function luaOf({ contentType, body }, token) {
  const bytes = [...Buffer.from(body)].map((it) => `\\${String(it).padStart(3, "0")}`).join("");
  return `
wrk.method = "POST"
wrk.headers["content-type"] = "${contentType}"
wrk.headers["connect-protocol-version"] = "1"
${token ? `wrk.headers["authorization"] = "Bearer ${token}"` : ""}
wrk.body = "${bytes}"
done = function(summary)
  local it = summary.errors
  print(string.format('{"calls": %d, "micros": %d, "errors": %d}', summary.requests, summary.duration,
    it.connect + it.read + it.write + it.status + it.timeout))
end
`;
}
