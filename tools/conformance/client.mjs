// The client under test: makes the calls that the runner describes and tells what came back. The first argument is the wire.
import { setTimeout as wait } from "node:timers/promises";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { createChannel } from "../../packages/client/dist/index.js";
import { ConnectError } from "../../packages/client/node_modules/@connectrpc/connect/dist/esm/index.js";
import { loadContract } from "./contract.mjs";
import { readFrames, writeFrame } from "./frames.mjs";

const PROTOCOLS = { 1: "connect", 2: "grpc" };
/** Calls at once: the suite's deadlines are short, and it hands out all its cases together. */
const MOST_AT_ONCE = 8;
const [wire = "charter"] = process.argv.slice(2);
const contract = loadContract();
const [requestSchema, responseSchema] = ["ClientCompatRequest", "ClientCompatResponse"].map(contract.message);
const pending = new Set();
for await (const bytes of readFrames(process.stdin)) {
  const done = answer(fromBinary(requestSchema, bytes)).finally(() => pending.delete(done));
  pending.add(done);
  if (pending.size >= MOST_AT_ONCE) await Promise.race(pending);
}
await Promise.all(pending);

async function answer(test) {
  const result = await perform(test).then(
    (value) => ({ case: "response", value }),
    (error) => ({ case: "error", value: { message: String(error?.stack ?? error) } }),
  );
  const message = create(responseSchema, { testName: test.testName, result });
  writeFrame(process.stdout, toBinary(responseSchema, message));
}

/** On a channel of its own: what one case is answered (that a server is overloaded, say) must not decide whether the next is called. */
async function perform(test) {
  const channel = open(test);
  try {
    return await call(test, channel);
  } finally {
    channel.close();
  }
}

function open(test) {
  return createChannel({
    wire,
    // Some of the suite's cases look whether a call without a deadline of its own is sent with none.
    defaultDeadlines: false,
    protocol: PROTOCOLS[test.protocol],
    targets: {
      "connectrpc.conformance.v1": { url: `http://${test.host}:${test.port}`, audience: "conformance" },
    },
  });
}

async function call(test, channel) {
  const { transport } = channel;
  const method = contract.service.methods.find((it) => it.name === test.method);
  const controller = new AbortController();
  const seen = { payloads: [], header: new Headers(), trailer: new Headers(), unsent: 0, error: undefined };
  const cancel = test.cancel?.cancelTiming ?? {};
  const header = new Headers();
  for (const { name, value } of test.requestHeaders) for (const one of value) header.append(name, one);
  const messages = test.requestMessages.map(({ value }) => fromBinary(method.input, value));
  const turn = turns(method.methodKind === "bidi_streaming" && test.streamType === 5);
  const input = requests(test, messages, cancel, controller, seen, turn);
  const failed = (thrown) => {
    seen.error = ConnectError.from(thrown);
  };
  try {
    if (method.methodKind === "unary")
      await unary(test, { transport, method, controller, header, messages, cancel, seen });
    else if (method.methodKind === "client_streaming") {
      const onHeader = (it) => {
        seen.header = it;
      };
      const onTrailer = (it) => {
        seen.trailer = it;
      };
      const { signal } = controller;
      const options = { signal, timeoutMs: test.timeoutMs, headers: header, onHeader, onTrailer };
      const { payload } = await channel.client(contract.service).clientStream(input, options);
      seen.payloads.push(payload);
    } else {
      const answer = await transport.stream(method, controller.signal, test.timeoutMs, header, input);
      seen.header = answer.header;
      seen.trailer = answer.trailer;
      for await (const { payload } of answer.message) {
        seen.payloads.push(payload);
        turn.next();
        if (cancel.case === "afterNumResponses" && seen.payloads.length === cancel.value) controller.abort();
      }
    }
  } catch (thrown) {
    failed(thrown);
  }
  turn.next();
  return resultOf(seen);
}

async function unary(test, { transport, method, controller, header, messages, cancel, seen }) {
  if (cancel.case === "afterCloseSendMs") setTimeout(() => controller.abort(), cancel.value);
  await wait(test.requestDelayMs);
  const answer = await transport.unary(method, controller.signal, test.timeoutMs, header, messages[0]);
  seen.header = answer.header;
  seen.trailer = answer.trailer;
  seen.payloads.push(answer.message.payload);
}

async function* requests(test, messages, cancel, controller, seen, turn) {
  seen.unsent = messages.length;
  for (const message of messages) {
    await wait(test.requestDelayMs);
    if (seen.error) return;
    yield message;
    seen.unsent -= 1;
    await turn.wait();
  }
  if (cancel.case === "beforeCloseSend") controller.abort();
  if (cancel.case === "afterCloseSendMs") setTimeout(() => controller.abort(), cancel.value);
}

/** In a full-duplex call each message waits for the answer to the one before it. */
function turns(taken) {
  let release;
  let come = 0;
  return {
    next: () => {
      come += 1;
      release?.();
    },
    wait: async () => {
      if (!taken) return;
      if (come > 0) come -= 1;
      else
        await new Promise((resolve) => {
          release = () => {
            come -= 1;
            resolve();
          };
        });
      release = undefined;
    },
  };
}

function resultOf({ payloads, header, trailer, unsent, error }) {
  const failure = error && {
    code: error.code,
    message: error.rawMessage,
    details: error.details.map((it) => ({ typeUrl: `type.googleapis.com/${it.type}`, value: it.value })),
  };
  return {
    responseHeaders: listed(error && ![...header].length ? error.metadata : header),
    responseTrailers: listed(error && ![...trailer].length ? error.metadata : trailer),
    payloads,
    numUnsentRequests: unsent,
    ...(failure ? { error: failure } : {}),
  };
}

function listed(headers) {
  return [...headers].map(([name, value]) => ({ name, value: value.split(/, ?/) }));
}
