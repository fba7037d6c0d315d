import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { envelope, PATH, request } from "./work.mjs";

const LOAD_CORE = "1";
const CLIENTS = 8;
const STREAMS = 4;
const WARM_UP_SECONDS = 2;
const TICKS_PER_SECOND = 100;

/** Sends unary gRPC calls in a closed loop with h2load; calls per second, and the server's CPU time per call. */
export async function measure({ port, token, pid }, seconds) {
  const directory = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const body = join(directory, "request");
    await writeFile(body, envelope(request));
    await h2load(port, token, body, WARM_UP_SECONDS);
    const before = await cpuSeconds(pid);
    const output = await h2load(port, token, body, seconds);
    const spent = (await cpuSeconds(pid)) - before;
    const calls = Number(/(\d+) succeeded/.exec(output)?.[1]);
    const failed = Number(/(\d+) failed/.exec(output)?.[1]);
    const rate = Number(/finished in [^,]+, ([\d.]+) req\/s/.exec(output)?.[1]);
    if (!(calls > 0) || failed > 0) throw new Error(`calls failed:\n${output}`);
    if (token) await assertNoneRefused(port);
    return { perSecond: rate, cpuMicros: (spent / calls) * 1_000_000 };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** To h2load a refusal is an answer like any other; the server's own counts know better. */
async function assertNoneRefused(port) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const refused = text
    .split("\n")
    .filter((it) => /^rpc_server_requests_total/.test(it) && !/code="(ok|canceled)"/.test(it));
  if (refused.length > 0) throw new Error(`calls were refused:\n${refused.join("\n")}`);
}

async function h2load(port, token, body, seconds) {
  const headers = ["content-type: application/grpc", "te: trailers"];
  if (token) headers.push(`authorization: Bearer ${token}`);
  const args = ["-c", LOAD_CORE, "h2load", "-D", String(seconds)];
  args.push("-c", String(CLIENTS), "-m", String(STREAMS), "-d", body);
  for (const header of headers) args.push("-H", header);
  const child = spawn("taskset", [...args, `http://127.0.0.1:${port}${PATH}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const [code] = await once(child, "close");
  const output = Buffer.concat(chunks).toString();
  if (code !== 0) throw new Error(`h2load ended with ${code}\n${output}`);
  return output;
}

/** User and system time of a process (proc(5), stat). */
async function cpuSeconds(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
