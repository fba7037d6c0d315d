// The process that calls as it should. Argument: the port. First it warms the server up, with as many calls as it can; then it calls at a steady
// rate that is far below what the server can do, whatever becomes of its calls. It sends what became of each of these: when it was due, how long
// it took, and its gRPC status, in slices of time.
import http2 from "node:http2";

const PER_SECOND = 400;
const CONNECTIONS = 4;
const WARM_UP_CALLS = 10_000;
const WARM_UP_LANES = 32;
const TICK_MS = 5;
const SLICE_MS = 100;
/** What a caller waits for an answer. */
const DEADLINE_MS = 1_000;
const REQUEST = Buffer.concat([Buffer.from([0, 0, 0, 0, 7, 10, 5]), Buffer.from("shelf")]);

const port = Number(process.argv[2]);
const sessions = new Array(CONNECTIONS).fill(undefined);
process.once("disconnect", () => process.exit(0));
await Promise.all(Array.from({ length: WARM_UP_LANES }, warmUp));
const startMs = performance.now();
let made = 0;
let slice = [];
setInterval(tick, TICK_MS);
setInterval(report, SLICE_MS);

async function warmUp() {
  for (let left = WARM_UP_CALLS / WARM_UP_LANES; left > 0; left -= 1)
    await new Promise((resolve) => call(performance.now(), resolve));
}

/** Makes the calls that are due. */
function tick() {
  while (made < ((performance.now() - startMs) * PER_SECOND) / 1_000) {
    call(startMs + (made * 1_000) / PER_SECOND, (told) => slice.push(told));
    made += 1;
  }
}

function report() {
  process.send(slice);
  slice = [];
}

function call(dueMs, over) {
  const due = performance.timeOrigin + dueMs;
  const stream = sessionOf(Math.floor(Math.random() * CONNECTIONS)).request({
    ":method": "POST",
    ":path": "/charter.testing.v1.ShelfService/Echo",
    "content-type": "application/grpc",
    "grpc-timeout": `${DEADLINE_MS}m`,
    te: "trailers",
  });
  let status;
  const timer = setTimeout(() => stream.destroy(), dueMs + DEADLINE_MS - performance.now());
  for (const event of ["response", "trailers"])
    stream.on(event, (fields) => {
      status = fields["grpc-status"] ?? status;
    });
  stream.on("error", () => {});
  stream.on("close", () => {
    clearTimeout(timer);
    const tookMs = performance.now() - dueMs;
    over({ due, tookMs, ok: status === "0" && tookMs <= DEADLINE_MS, status });
  });
  stream.resume();
  stream.end(REQUEST);
}

/** The connection, or another in its place where it is lost. */
function sessionOf(index) {
  const known = sessions[index];
  if (known && !known.closed && !known.destroyed) return known;
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  sessions[index] = session;
  return session;
}
