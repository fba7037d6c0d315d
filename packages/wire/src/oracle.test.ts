import { createHash } from "node:crypto";
import type http2 from "node:http2";
import { type SeededRandom, seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { connectWire } from "./client/connect-wire.js";
import type { WireConnection } from "./client/wire-connection.js";
import { errorCodes } from "./frames/constants.js";
import { closeSession, nodeAnswer, nodeCall, nodeClient, openNodeStream } from "./testing/node-client.js";
import { serveByNode } from "./testing/node-server.js";
import { pattern } from "./testing/pattern.js";
import { serve } from "./testing/serve.js";
import { openWire, wireCall } from "./testing/wire-client.js";

/** How often there is other traffic; CHARTER_ORACLE_ROUNDS makes it more. */
const ROUNDS = Number(process.env.CHARTER_ORACLE_ROUNDS ?? 1);
const BATCHES = 5;
const MOST_BYTES = 8_388_608;
const MOST_TURNS = 5;

/** One call of the traffic, the same for every pair. */
interface Call {
  path: string;
  body: readonly Buffer[] | undefined;
  trailer: string | undefined;
  /** Turns of the event loop that each piece of the answer waits until it is used; 0 for a fast reader. */
  turnsPerPiece: number;
  /** Cancelled when the head of the answer has come. */
  isCancelled: boolean;
}

/** What can be seen of a call, whoever made it and whoever answered. */
interface Seen {
  status: number | undefined;
  type: string | undefined;
  body: string;
  trailer: string | undefined;
  code: number;
}

function makeCall(random: SeededRandom): Call {
  const echo = (most: number, pieces: number): Call => ({
    path: "/echo",
    body: Array.from({ length: random.integer(1, pieces) }, () => pattern(random.integer(1, most))),
    trailer: random.next() < 0.5 ? `checksum-${random.integer(0, 1_000)}` : undefined,
    turnsPerPiece: 0,
    isCancelled: false,
  });
  const large = (): Call => ({
    ...echo(1, 1),
    body: cut(random, Math.floor(MOST_BYTES * random.next() ** 4)),
  });
  const slowly = (call: Call): Call => ({ ...call, turnsPerPiece: random.integer(1, MOST_TURNS) });
  const get = (path: string, isCancelled = false): Call => ({
    path,
    body: undefined,
    trailer: undefined,
    turnsPerPiece: 0,
    isCancelled,
  });
  return random.pick([
    () => echo(200, 20),
    () => echo(70_000, 10),
    large,
    () => slowly(large()),
    () => slowly(get(`/bytes/${random.integer(0, 1_000_000)}`)),
    () => get("/empty"),
    () => get(`/bytes/${random.integer(0, 100_000)}`),
    () => get(`/bytes/${Math.floor(MOST_BYTES * random.next() ** 4)}`),
    () => get(`/bytes/${MOST_BYTES}`, true),
    () => ({ ...echo(100, 3), path: "/early", trailer: undefined }),
  ])();
}

/** A body of so many bytes in pieces of any size, none for none. */
function cut(random: SeededRandom, length: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < length; at += pieces.at(-1)?.length ?? 0)
    pieces.push(pattern(Math.min(length - at, random.integer(1, random.pick([100_000, 1_000_000]))), at));
  return pieces;
}

const makeTraffic = (random: SeededRandom): Call[][] =>
  Array.from({ length: BATCHES }, () =>
    Array.from({ length: random.integer(1, 40) }, () => makeCall(random)),
  );

/** A cancelled answer may have come in part, more or less of it by chance. */
const bodyOf = (call: Call, body: Buffer): string =>
  call.isCancelled ? "" : `${body.length} bytes, ${createHash("sha256").update(body).digest("hex")}`;

async function callByNode(session: http2.ClientHttp2Session, call: Call): Promise<Seen> {
  const { trailer, turnsPerPiece } = call;
  const request = {
    path: call.path,
    turnsPerPiece,
    ...(call.body && { body: call.body }),
    ...(trailer && { trailers: { "x-checksum": trailer } }),
  };
  const answer = call.isCancelled ? await cancelByNode(session, call) : await nodeCall(session, request);
  return {
    status: Number(answer.headers[":status"]),
    type: answer.headers["content-type"],
    body: bodyOf(call, answer.body),
    trailer: answer.trailers["x-checksum"] as string | undefined,
    code: answer.code,
  };
}

async function cancelByNode(session: http2.ClientHttp2Session, { path }: Call) {
  const stream = openNodeStream(session, { path });
  stream.once("response", () => stream.close(errorCodes.cancel));
  return nodeAnswer(stream);
}

async function callByWire(connection: WireConnection, call: Call): Promise<Seen> {
  const { trailer, turnsPerPiece } = call;
  const request = {
    path: call.path,
    turnsPerPiece,
    ...(call.body && { body: call.body }),
    ...(trailer && { trailers: [{ name: "x-checksum", value: trailer }] }),
  };
  const answer = call.isCancelled
    ? await cancelByWire(connection, call)
    : await wireCall(connection, request);
  const valueIn = (fields: readonly string[], name: string) =>
    fields.includes(name) ? fields[fields.indexOf(name) + 1] : undefined;
  return {
    status: answer.status,
    type: valueIn(answer.fields, "content-type"),
    body: bodyOf(call, answer.body),
    trailer: valueIn(answer.trailers, "x-checksum"),
    code: answer.code,
  };
}

async function cancelByWire(connection: WireConnection, { path }: Call) {
  const opened = openWire(connection, { path });
  if (!opened) throw new Error("the connection takes no request");
  opened.exchange.onHead = () => opened.stream.reset(errorCodes.cancel);
  return opened.exchange.answer;
}

/** Runs traffic against a server and tells what was seen of each call. */
async function observe(
  traffic: readonly Call[][],
  start: () => Promise<{ port: number; stop(): Promise<void> }>,
  client: "node" | "wire",
): Promise<Seen[]> {
  const served = await start();
  const caller = client === "node" ? await byNode(served.port) : byWire(served.port);
  const seen: Seen[] = [];
  for (const batch of traffic) seen.push(...(await Promise.all(batch.map(caller.call))));
  await caller.close();
  await served.stop();
  return seen;
}

async function byNode(port: number) {
  const session = await nodeClient(port);
  return { call: (call: Call) => callByNode(session, call), close: () => closeSession(session) };
}

function byWire(port: number) {
  const connection = connectWire({ host: "127.0.0.1", port });
  return { call: (call: Call) => callByWire(connection, call), close: () => connection.close() };
}

describe("the same traffic", () => {
  it(
    "shows the same, whether node:http2 or ours is the client and the server",
    async () => {
      const random = seededRandom();
      await random.reporting(async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const traffic = makeTraffic(random);
          const expected = await observe(traffic, serveByNode, "node");
          expect(new Set(expected.map(({ code }) => code)).size).toBeLessThanOrEqual(2);
          expect(await observe(traffic, serveByNode, "wire")).toEqual(expected);
          expect(await observe(traffic, serve, "node")).toEqual(expected);
          expect(await observe(traffic, serve, "wire")).toEqual(expected);
        }
      });
    },
    ROUNDS * 180_000,
  );
});
