import { once } from "node:events";
import { connect, constants } from "node:http2";
import { create, type MessageInitShape, toBinary, toJsonString } from "@bufbuild/protobuf";
import {
  ListItemsRequestSchema,
  type ListItemsResponse,
  ListItemsResponseSchema,
  ShelfService,
} from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { ManualClock } from "@charter/testing";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Call, invalidArgument, type ServerOptions } from "../index.js";
import { envelope } from "../protocols/envelope.js";
import { createGate } from "../testing/gate.js";
import { comparable, engines, isOfCall, type Observed, observed } from "../testing/observed.js";
import { type RawExchangeRequest, rawExchanger } from "../testing/raw-exchange.js";
import { shelfImplementation } from "../testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { fastStreamProtocol } from "./fast-protocol.js";

/** Turns of the event loop after which what has not come does not come. */
const MAX_TURNS = 10_000;
const QUIET_TURNS = 100;
const MANY = 100;
const MESSAGE_BYTES = 10_000;

type Item = MessageInitShape<typeof ListItemsResponseSchema>;
type Stream = (count: number, call: Call) => AsyncIterable<Item> | Iterable<Item>;
/** What happens once the handler waits. */
type Event = (at: { clock: ManualClock; shelf: StartedShelf; giveUp: () => void }) => Promise<unknown>;

const path = `/${ShelfService.typeName}/ListItems`;
const request = (count: number) => create(ListItemsRequestSchema, { count });
const binary = (count: number) => envelope(0, toBinary(ListItemsRequestSchema, request(count)));
const json = (count: number) =>
  envelope(0, Buffer.from(toJsonString(ListItemsRequestSchema, request(count))));
const forms: Readonly<Record<string, (count: number) => Uint8Array>> = {
  "application/grpc": binary,
  "application/grpc-web+proto": binary,
  "application/connect+proto": binary,
  "application/connect+json": json,
};

const shelves: StartedShelf[] = [];
const clocks: ManualClock[] = [];
afterEach(async () => {
  const stopped = Promise.all(shelves.splice(0).map((it) => it.stop()));
  await Promise.all(clocks.splice(0).map((it) => it.advance(10_000)));
  await stopped;
});

async function start(stream: Stream, options: Partial<ServerOptions>) {
  const clock = new ManualClock();
  // Both kinds of iteration are allowed; which one it is, only the stream knows.
  const listItems = ({ count }: { count: number }, call: Call) => stream(count, call) as AsyncIterable<Item>;
  const shelf = await startShelf({
    clock,
    implementations: [shelfImplementation({ listItems })],
    ...options,
  });
  shelves.push(shelf);
  clocks.push(clock);
  return { clock, shelf };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("it never came so far");
}

/** A message that takes so many bytes of the wire, though not in JSON. */
function long(bytes: number): ListItemsResponse {
  const message = create(ListItemsResponseSchema);
  message.$unknown = [
    { no: 1_000, wireType: 2, data: Buffer.concat([varint(bytes), Buffer.alloc(bytes, "a")]) },
  ];
  return message;
}

function varint(value: number): Buffer {
  return value < 128
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >> 7)]);
}

async function* numbers(count: number) {
  for (let index = 0; index < count; index += 1) yield { index };
}

async function* failing(error: Error, after: number) {
  yield* numbers(after);
  throw error;
}

interface Row {
  readonly what: string;
  readonly stream: Stream;
  readonly count?: number;
  readonly header?: Record<string, string>;
  /** Messages that the call has carried at its end. */
  readonly messagesOut: number;
  readonly code: string;
}

const gzip = { "grpc-accept-encoding": "gzip", "connect-accept-encoding": "gzip" };
const id = { "x-request-id": "request-1" };

const rows: readonly Row[] = [
  { what: "messages", stream: numbers, count: 5, messagesOut: 5, code: "ok" },
  { what: "as many as the contract allows", stream: numbers, count: 100, messagesOut: 100, code: "ok" },
  { what: "one too many", stream: numbers, count: 101, messagesOut: 100, code: "resource_exhausted" },
  { what: "messages that need no waiting", stream: () => [{ index: 1 }, {}], messagesOut: 2, code: "ok" },
  {
    what: "an error after messages that need no waiting",
    *stream() {
      yield { index: 1 };
      throw invalidArgument("count", "is not liked");
    },
    messagesOut: 1,
    code: "invalid_argument",
  },
  { what: "none", stream: numbers, messagesOut: 0, code: "ok" },
  { what: "a request that is refused", stream: numbers, count: -1, messagesOut: 0, code: "invalid_argument" },
  {
    what: "a declared error at once",
    stream: () => failing(invalidArgument("count", "is not liked"), 0),
    messagesOut: 0,
    code: "invalid_argument",
  },
  {
    what: "a plain error after some",
    stream: () => failing(new ConnectError("gone", Code.NotFound, { "x-colour": "red" }), 3),
    messagesOut: 3,
    code: "not_found",
  },
  {
    what: "an unexpected error after some",
    stream: () => failing(new Error("password of the database"), 3),
    messagesOut: 3,
    code: "internal",
  },
  {
    what: "a handler that fails before it gives an iteration",
    stream: () => {
      throw invalidArgument("count", "is not liked");
    },
    messagesOut: 0,
    code: "invalid_argument",
  },
  {
    what: "headers and trailers of the handler's",
    async *stream(_, { responseHeader, responseTrailer }) {
      responseHeader.set("x-colour", "red");
      yield { index: 1 };
      responseHeader.set("x-colour", "too late");
      responseTrailer.set("x-shape", "round");
    },
    messagesOut: 1,
    code: "ok",
  },
  {
    what: "trailers of the handler's before an error",
    async *stream(_, { responseTrailer }) {
      responseTrailer.set("x-shape", "round");
      yield { index: 1 };
      throw invalidArgument("count", "is not liked");
    },
    messagesOut: 1,
    code: "invalid_argument",
  },
  {
    what: "an id of the greatest length",
    stream: numbers,
    count: 2,
    header: { "x-request-id": "i".repeat(128) },
    messagesOut: 2,
    code: "ok",
  },
  {
    what: "messages, some of them compressed",
    async *stream() {
      yield { index: 1 };
      yield long(10_000);
      yield { index: 2 };
    },
    header: gzip,
    messagesOut: 3,
    code: "ok",
  },
  {
    what: "long messages among short ones",
    async *stream() {
      yield { index: 1 };
      yield long(20_000);
      yield { index: 2 };
      yield long(100_000);
    },
    messagesOut: 4,
    code: "ok",
  },
  {
    what: "a compression nobody knows",
    stream: numbers,
    count: 1,
    header: { "grpc-encoding": "lzma", "connect-content-encoding": "lzma" },
    messagesOut: 0,
    code: "unimplemented",
  },
];

/** The same on all engines; what the fast lane did. */
async function expectNoDifference(stream: Stream, request: RawExchangeRequest): Promise<Observed> {
  const observe = async (options: Partial<ServerOptions>) => {
    const { shelf } = await start(stream, options);
    const exchanger = rawExchanger(shelf.url);
    const answer = await exchanger.send(request);
    exchanger.close();
    return observed(shelf, [answer]);
  };
  const [node, general, fast] = await Promise.all(engines.map(observe));
  expect(fast).toEqual(general);
  expect(general).toEqual(node);
  return fast as Observed;
}

const drained: Event = async ({ clock, shelf }) => {
  const isOver = shelf.server.drain({ graceMs: 10 });
  await clock.advance(10);
  return Promise.race([isOver, clock.advance(10_000)]);
};

describe.each(Object.entries(forms))("streams in %s", (type, body) => {
  it.each(rows)("$what", async ({ stream, count = 0, header, messagesOut, code }) => {
    const { answers, lines } = await expectNoDifference(stream, {
      path,
      header: { "content-type": type, ...id, ...header },
      pieces: [body(count)],
    });
    expect(answers).toHaveLength(1);
    expect(lines).toContainEqual(expect.objectContaining({ code, messagesOut }));
  });

  const short = { "grpc-timeout": "500m", "connect-timeout-ms": "500" };
  it.each<[string, Event, string, Record<string, string>]>([
    ["the deadline", ({ clock }) => clock.advance(500), "deadline_exceeded", short],
    ["silence", ({ clock }) => clock.advance(1_000), "deadline_exceeded", {}],
    ["a drain", drained, "unavailable", {}],
    ["a caller that goes away", async ({ giveUp }) => giveUp(), "canceled", {}],
  ])("ended by %s", async (_, event, code, header) => {
    const request = { path, header: { "content-type": type, ...id, ...header }, pieces: [body(0)] };
    const [node, general, fast] = await Promise.all(engines.map((it) => endedBy(event, it, request)));
    expect(fast?.ended).toEqual(general?.ended);
    expect(general?.ended).toEqual(node?.ended);
    expect(fast?.ended.lines).toMatchObject([{ code, messagesOut: 2 }]);
    expect(fast?.returns).toBe(1);
  });
});

/** Gives two messages and then nothing more, whatever becomes of its call. */
function twoMessages() {
  const waits = createGate();
  let returns = 0;
  let index = 0;
  const next = () => {
    index += 1;
    if (index <= 2) return Promise.resolve({ done: false as const, value: { index } });
    waits.open();
    return new Promise<never>(() => {});
  };
  const end = async () => {
    returns += 1;
    return { done: true as const, value: undefined };
  };
  const stream: Stream = () => ({ [Symbol.asyncIterator]: () => ({ next, return: end }) });
  return { stream, waits: waits.opened, returns: () => returns };
}

/** How a stream that has given two messages ends by an event. */
async function endedBy(event: Event, options: Partial<ServerOptions>, request: RawExchangeRequest) {
  const { stream, waits, returns } = twoMessages();
  const { clock, shelf } = await start(stream, options);
  const exchanger = rawExchanger(shelf.url);
  const controller = new AbortController();
  const answer = exchanger.send({ ...request, signal: controller.signal }).catch(() => undefined);
  await waits;
  await event({ clock, shelf, giveUp: () => controller.abort() });
  const came = await answer;
  await until(() => shelf.lines.some(isOfCall));
  exchanger.close();
  const lines = shelf.lines.filter(isOfCall);
  return { ended: comparable({ came, lines }), returns: returns() };
}

const fastLane: Partial<ServerOptions> = { wire: "charter" };

it.each(engines)("a message ends the silence before it, served by %j", async (options) => {
  const gate = createGate();
  const never = createGate();
  const { clock, shelf } = await start(async function* () {
    yield { index: 1 };
    await gate.opened;
    yield { index: 2 };
    await never.opened;
  }, options);
  const { session, stream } = await open(shelf, 0);
  await once(stream, "data");
  await clock.advance(600);
  gate.open();
  await once(stream, "data");
  await clock.advance(600);
  expect(shelf.lines.filter(isOfCall)).toEqual([]);
  await clock.advance(400);
  await until(() => shelf.lines.some(isOfCall));
  session.close();
  never.open();
  expect(shelf.lines.filter(isOfCall)).toMatchObject([{ reason: "STREAM_IDLE", messagesOut: 2 }]);
});

describe("the fast lane for streams", () => {
  it("is where these types go", () => {
    const goes = (type: string) => fastStreamProtocol(new Headers({ "content-type": type })) !== undefined;
    expect(Object.keys(forms).every(goes)).toBe(true);
    const others = ["application/proto", "application/json", "application/grpc+json", "text/html"];
    expect(others.some(goes)).toBe(false);
  });

  it("sends the messages of one turn in one frame", async () => {
    const { shelf } = await start(numbers, fastLane);
    const { session, stream } = await open(shelf, 100);
    const pieces: Buffer[] = [];
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    await once(stream, "end");
    session.close();
    expect(pieces).toHaveLength(1);
  });

  it("pulls no more than a caller takes, and the rest once it does", async () => {
    let pulled = 0;
    const { shelf } = await start(async function* () {
      for (; pulled < MANY; pulled += 1) yield long(MESSAGE_BYTES);
    }, fastLane);
    const { session, stream } = await open(shelf, 0);
    await quiet(() => pulled);
    // The window of the stream, a run that waits for it, and one that is collected.
    expect(pulled * MESSAGE_BYTES).toBeLessThan(65_536 + 3 * 16_384);
    stream.resume();
    await once(stream, "end");
    session.close();
    expect(pulled).toBe(MANY);
  });

  it("pulls no more than a caller takes of messages that need no waiting, and tells their source once to stop", async () => {
    let pulled = 0;
    let ended = 0;
    const { shelf } = await start(function* () {
      try {
        for (; pulled < MANY; pulled += 1) yield long(MESSAGE_BYTES);
      } finally {
        ended += 1;
      }
    }, fastLane);
    const { session, stream } = await open(shelf, 0);
    await quiet(() => pulled);
    expect(pulled * MESSAGE_BYTES).toBeLessThan(65_536 + 3 * 16_384);
    stream.close(constants.NGHTTP2_CANCEL);
    await until(() => shelf.lines.some(isOfCall));
    session.close();
    expect(ended).toBe(1);
  });

  it("ends a handler once whose caller is gone while it takes nothing", async () => {
    let ended = 0;
    const { shelf } = await start(async function* () {
      try {
        for (let index = 0; index < MANY; index += 1) yield long(MESSAGE_BYTES);
      } finally {
        ended += 1;
      }
    }, fastLane);
    const { session, stream } = await open(shelf, 0);
    stream.close(constants.NGHTTP2_CANCEL);
    await until(() => ended > 0 && shelf.lines.some(isOfCall));
    session.close();
    expect(ended).toBe(1);
    expect(shelf.lines.filter(isOfCall)).toMatchObject([{ code: "canceled" }]);
  });
});

/** A stream whose head has come, and of which nothing was read. */
async function open(shelf: StartedShelf, count: number) {
  const session = connect(shelf.url);
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" });
  stream.end(binary(count));
  await once(stream, "response");
  return { session, stream };
}

/** Until a number has not changed for many turns of the event loop. */
async function quiet(value: () => number): Promise<void> {
  let last = value();
  for (let turn = 0, same = 0; turn < MAX_TURNS && same < QUIET_TURNS; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    same = value() === last ? same + 1 : 0;
    last = value();
  }
}
