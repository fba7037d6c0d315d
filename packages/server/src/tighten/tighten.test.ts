import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { compileMethod } from "@charter/policy";
import { Code } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { rawCalls } from "../testing/raw-call.js";
import { shelfImplementation } from "../testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { tightenPolicy } from "./tighten-policy.js";
import type { Tightening } from "./tightening.js";

const SERVICE = ShelfService.typeName;
const ECHO = `${SERVICE}/Echo`;

describe("tightenPolicy", () => {
  const declared = compileMethod(ShelfService.method.listItems);

  it("takes what is lower and keeps the rest", () => {
    const { policy, loosened } = tightenPolicy(declared, {
      deadline: { maxMs: 1_500 },
      stream: { maxMessages: 10 },
      rate: [{ key: "global", requests: 5, perMs: 1_000 }],
    });
    expect(loosened).toEqual([]);
    expect(policy).toEqual({
      ...declared,
      deadline: { defaultMs: 1_500, maxMs: 1_500 },
      stream: { ...declared.stream, maxMessages: 10 },
      rate: [...declared.rate, { key: "global", requests: 5, perMs: 1_000, burst: 5 }],
    });
  });

  it.each<[Tightening, string]>([
    [{ deadline: { maxMs: 9_000 } }, "deadline.maxMs: 9000 is above the contract's 5000"],
    [
      { payload: { maxRequestBytes: 65_537 } },
      "payload.maxRequestBytes: 65537 is above the contract's 65536",
    ],
    [
      { payload: { maxResponseBytes: 131_073 } },
      "payload.maxResponseBytes: 131073 is above the contract's 131072",
    ],
    [{ stream: { maxIdleMs: 1_001 } }, "stream.maxIdleMs: 1001 is above the contract's 1000"],
    [{ stream: { maxAgeMs: 3_001 } }, "stream.maxAgeMs: 3001 is above the contract's 3000"],
    [{ stream: { maxMessages: 101 } }, "stream.maxMessages: 101 is above the contract's 100"],
    [{ concurrency: { maxInFlight: 257 } }, "concurrency.maxInFlight: 257 is above the contract's 256"],
  ])("names what would loosen: %j", (wanted, problem) => {
    expect(tightenPolicy(declared, wanted).loosened).toEqual([problem]);
  });

  it("names a rate above the contract's", () => {
    const limited = compileMethod(ShelfService.method.putItem);
    const rate = [{ key: "subject" as const, requests: 11, perMs: 1_000 }];
    expect(tightenPolicy(limited, { rate }).loosened).toEqual([
      "rate: 11 per 1000 ms by subject is above the contract's",
    ]);
  });
});

describe("a file that tightens the contract of a running server", () => {
  let directory: string;
  let file: string;
  let shelf: StartedShelf;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "charter-tighten-"));
    file = join(directory, "tighten.json");
  });
  afterEach(async () => {
    await shelf.stop();
    await rm(directory, { recursive: true });
  });

  const start = async () => {
    shelf = await startShelf({
      implementations: [
        shelfImplementation({
          echo: async ({ text }, { policy }) => ({ text, quantity: policy.deadline.maxMs }),
        }),
      ],
      tightenFile: file,
    });
  };
  const replace = async (text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  const logged = async (msg: string) => {
    const count = () => shelf.lines.filter((line) => line.msg === msg).length;
    const before = count();
    return async () => {
      while (count() === before) await pause(2);
      return shelf.lines.filter((line) => line.msg === msg).at(-1);
    };
  };
  const TIGHTENED = "an operator has tightened the contract";
  const REFUSED = "the tightening is refused; what held before goes on";
  const request = (path: string, body: string) => ({
    url: shelf.url,
    path: `/${path}`,
    body: Buffer.from(body),
  });
  /** What each protocol answers; the plain POST of HTTP JSON knows no streams. */
  const codes = async (path: string, body = "{}") => {
    const protocols = Object.entries(rawCalls).filter(([name]) => name !== "HTTP JSON" || path === ECHO);
    const errors = await Promise.all(protocols.map(([, raw]) => raw(request(path, body))));
    return [...new Set(errors.map((error) => error?.code))];
  };

  it("holds from the start, by service and by method", async () => {
    await replace(
      JSON.stringify({
        [SERVICE]: { payload: { maxRequestBytes: 60 } },
        [ECHO]: { payload: { maxRequestBytes: 20 } },
      }),
    );
    await start();
    expect(await codes(ECHO, `{"text": "${"x".repeat(20)}"}`)).toEqual([Code.ResourceExhausted]);
    expect(await codes(ECHO, "{}")).toEqual([undefined]);
    expect(await codes(`${SERVICE}/ListItems`, `{"count": 1 ${" ".repeat(20)}}`)).toEqual([undefined]);
    expect(await codes(`${SERVICE}/ListItems`, `{"count": 1 ${" ".repeat(60)}}`)).toEqual([
      Code.ResourceExhausted,
    ]);
  });

  it("acts on new calls at once, and is lifted with the file", async () => {
    await start();
    expect(await codes(ECHO)).toEqual([undefined]);
    const tightened = await logged(TIGHTENED);
    await replace(JSON.stringify({ [ECHO]: { disabled: true } }));
    await tightened();
    expect(await codes(ECHO)).toEqual([Code.Unavailable]);
    const error = await rawCalls["HTTP JSON"]?.(request(ECHO, "{}"));
    expect(error?.details).toMatchObject([{ debug: { reason: "METHOD_DISABLED" } }, {}]);
    expect(await codes(`${SERVICE}/ListItems`)).toEqual([undefined]);
    await rm(file);
    while ((await codes(ECHO))[0] !== undefined) await pause(2);
  });

  it("bounds calls in flight, rates, and the messages of a stream", async () => {
    await start();
    const tightened = await logged(TIGHTENED);
    await replace(
      JSON.stringify({
        [ECHO]: { rate: [{ key: "global", requests: 1, perMs: 60_000 }], deadline: { maxMs: 100 } },
        [`${SERVICE}/ListItems`]: { stream: { maxMessages: 2 } },
      }),
    );
    await tightened();
    const echo = await fetch(`${shelf.url}/${ECHO}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(await echo.json()).toEqual({ quantity: 100 });
    expect(await codes(ECHO)).toEqual([Code.ResourceExhausted]);
    expect(await codes(`${SERVICE}/ListItems`, '{"count": 2}')).toEqual([undefined]);
    expect(await codes(`${SERVICE}/ListItems`, '{"count": 3}')).toEqual([Code.ResourceExhausted]);
  });

  it.each<[string, string, RegExp]>([
    [
      "that loosens",
      JSON.stringify({ [ECHO]: { deadline: { maxMs: 60_000 } } }),
      /Echo: deadline.maxMs: 60000 is above/,
    ],
    ["that is no JSON", "{", /JSON/],
    ["that says what there is not", JSON.stringify({ [ECHO]: { speed: 1 } }), /speed/],
    ["that names what there is not", JSON.stringify({ "no.Service": {} }), /no.Service/],
  ])("refuses a file %s as a whole, and keeps what held before", async (_, text, problem) => {
    await replace(JSON.stringify({ [ECHO]: { disabled: true } }));
    await start();
    const refused = await logged(REFUSED);
    await replace(text);
    expect(String((await refused())?.problems)).toMatch(problem);
    expect(await codes(ECHO)).toEqual([Code.Unavailable]);
  });
});
