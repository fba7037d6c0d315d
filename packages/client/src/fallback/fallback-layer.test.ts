import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Fleet, startFleet } from "../testing/fleet.js";
import { failureOf } from "../testing/outcomes.js";
import { hang } from "../testing/played-instances.js";

let fleet: Fleet | undefined;

afterEach(async () => {
  await fleet?.stop();
  fleet = undefined;
});

type Call = (request: { value: string }, options: object) => Promise<{ value: string }>;

async function failingWith(code: Code) {
  fleet = await startFleet(1);
  const [instance] = fleet.instances;
  const fail = () => {
    if (instance) instance.play = () => Promise.reject(new ConnectError("no", code));
  };
  return { client: fleet.client, channel: fleet.channel, instance, fail };
}

/** The answer, and what its headers say of it. */
async function ask(call: Call, value = "x", headers: Record<string, string> = {}) {
  const seen: Headers[] = [];
  const answer = await call({ value }, { headers, onHeader: (header: Headers) => void seen.push(header) });
  return [answer.value, seen[0]?.get("charter-fallback")];
}

describe("what stands in for a failed call", () => {
  it("is nothing while the call succeeds", async () => {
    const { client } = await failingWith(Code.Internal);
    for (const call of [client.stale, client.empty, client.literal, client.other])
      expect(await ask(call)).toEqual(["x", null]);
  });

  it("is an empty message, a literal one, or the answer of another method", async () => {
    const { client, instance, channel } = await failingWith(Code.Internal);
    if (instance) {
      instance.play = async (value, { method }) => {
        if (method.name === "Read") return `${value} by Read`;
        throw new ConnectError("no", Code.Internal);
      };
    }
    expect(await ask(client.empty)).toEqual(["", "empty"]);
    expect(await ask(client.literal)).toEqual(["made up", "message"]);
    expect(await ask(client.other)).toEqual(["x by Read", "method"]);
    expect(channel.snapshot().callees[0]?.counters.fallbacks).toBe(3);
  });

  it("is the last good answer to the same request", async () => {
    const { client, instance, fail } = await failingWith(Code.Unavailable);
    let calls = 0;
    if (instance) {
      instance.play = async (value) => {
        calls += 1;
        return `${value} ${calls}`;
      };
    }
    await client.stale({ value: "a" });
    await client.stale({ value: "a" });
    await client.stale({ value: "b" });
    fail();
    expect(await ask(client.stale, "a")).toEqual(["a 2", "stale"]);
    expect((await failureOf(client.stale({ value: "c" }))).code).toBe(Code.Unavailable);
  });

  it("is never what somebody else was answered", async () => {
    const { client, fail } = await failingWith(Code.Unavailable);
    await ask(client.stale, "mine", { authorization: "Bearer ada" });
    fail();
    const asGrace = client.stale({ value: "mine" }, { headers: { authorization: "Bearer grace" } });
    expect((await failureOf(asGrace)).code).toBe(Code.Unavailable);
    expect(await ask(client.stale, "mine", { authorization: "Bearer ada" })).toEqual(["mine", "stale"]);
  });

  it("also stands in where the callee cannot be reached at all", async () => {
    const { client, instance } = await failingWith(Code.Internal);
    await instance?.stop();
    expect(await ask(client.empty)).toEqual(["", "empty"]);
  });

  it.each([
    Code.InvalidArgument,
    Code.Unauthenticated,
    Code.PermissionDenied,
    Code.NotFound,
    Code.FailedPrecondition,
    Code.AlreadyExists,
  ])("never hides code %i", async (code) => {
    const { client, fail } = await failingWith(code);
    await client.stale({});
    fail();
    for (const call of [client.stale, client.empty, client.literal])
      expect((await failureOf(call({}))).code).toBe(code);
  });

  it.each([Code.Unavailable, Code.Internal, Code.Unknown, Code.ResourceExhausted, Code.DeadlineExceeded])(
    "hides code %i",
    async (code) => {
      const { client, fail } = await failingWith(code);
      fail();
      expect(await ask(client.empty)).toEqual(["", "empty"]);
    },
  );

  it("is not given to a caller that gave up", async () => {
    const { client, instance } = await failingWith(Code.Internal);
    const caller = new AbortController();
    if (instance) {
      instance.play = (value, context) => {
        caller.abort();
        return hang(value, context);
      };
    }
    expect((await failureOf(client.empty({}, { signal: caller.signal }))).code).toBe(Code.Canceled);
  });

  it("leaves the first error where it fails too", async () => {
    const { client, instance } = await failingWith(Code.Internal);
    if (instance) {
      instance.play = async (_, { method }) => {
        throw new ConnectError(method.name, Code.Internal);
      };
    }
    expect((await failureOf(client.other({}))).rawMessage).toBe("Other");
  });
});
