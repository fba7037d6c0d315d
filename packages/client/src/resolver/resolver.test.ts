import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import type { Lookup } from "./dns-resolver.js";
import { MAX_ENDPOINTS, type Resolver } from "./resolver.js";
import { resolverOf } from "./resolver-of.js";
import { updatable } from "./updatable.js";

function watch(resolver: Resolver) {
  const lists: (readonly string[])[] = [];
  const errors: unknown[] = [];
  const stop = resolver.start({
    onAddresses: (addresses) => void lists.push(addresses),
    onError: (error) => void errors.push(error),
  });
  return { lists, errors, stop };
}

const resolve = (target: string) => watch(resolverOf(target, { clock: new ManualClock() })).lists;

describe("resolverOf", () => {
  it("takes an origin", () => {
    expect(resolve("http://127.0.0.1:8082")).toEqual([["http://127.0.0.1:8082"]]);
    expect(resolve("https://shop.example/")).toEqual([["https://shop.example"]]);
  });

  it("takes a static list, without its repeats", () => {
    expect(resolve("static:10.0.0.1:80,10.0.0.2:8080, [::1]:81,10.0.0.1:80")).toEqual([
      ["http://10.0.0.1:80", "http://10.0.0.2:8080", "http://[::1]:81"],
    ]);
  });

  it.each(["", "discount", "static:", "static:a", "static:a:1,b", "dns:///a", "dns:///a:b", "ftp://a:1"])(
    "refuses %j",
    (target) => {
      expect(() => resolve(target)).toThrow(TypeError);
    },
  );

  it("bounds the list", () => {
    const many = Array.from({ length: 2 * MAX_ENDPOINTS }, (_, i) => `10.0.0.1:${i + 1}`);
    expect(resolve(`static:${many.join()}`)[0]).toHaveLength(MAX_ENDPOINTS);
  });
});

describe("dns:", () => {
  function lookUp(lookup: Lookup) {
    const clock = new ManualClock();
    const resolver = resolverOf("dns:///discount:8082", { clock, lookup, dnsRefreshMs: 30_000 });
    return { clock, ...watch(resolver) };
  }

  it("looks the name up again and again, and tells of changes only", async () => {
    const answers = [
      ["10.0.0.2", "10.0.0.1"],
      ["10.0.0.1", "10.0.0.2"],
      ["10.0.0.1", "fd00::1"],
    ];
    const asked: string[] = [];
    const { clock, lists, stop } = lookUp(async (name) => {
      asked.push(name);
      return answers[asked.length - 1] ?? [];
    });
    await clock.advance(60_000);
    expect(asked).toEqual(["discount", "discount", "discount"]);
    expect(lists).toEqual([
      ["http://10.0.0.1:8082", "http://10.0.0.2:8082"],
      ["http://10.0.0.1:8082", "http://[fd00::1]:8082"],
    ]);
    stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it("keeps the last list when a lookup fails or finds nothing, and asks again soon", async () => {
    const answers = [["10.0.0.1"], "fails", [], ["10.0.0.2"]];
    let asked = 0;
    const { clock, lists, errors, stop } = lookUp(async () => {
      const answer = answers[asked];
      asked += 1;
      if (typeof answer === "string") throw new Error(answer);
      return answer ?? [];
    });
    await clock.advance(30_000);
    expect(errors).toHaveLength(1);
    await clock.advance(2_000);
    expect(errors).toHaveLength(2);
    expect(lists).toEqual([["http://10.0.0.1:8082"], ["http://10.0.0.2:8082"]]);
    stop();
  });

  it("says nothing more once it was stopped, even of a lookup under way", async () => {
    const answer = Promise.withResolvers<string[]>();
    const { clock, lists, stop } = lookUp(() => answer.promise);
    stop();
    answer.resolve(["10.0.0.1"]);
    await clock.advance(60_000);
    expect(lists).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("updatable", () => {
  it("tells every change to all that watch", () => {
    const list = updatable(["http://10.0.0.1:80/"]);
    const one = watch(list);
    const other = watch(list);
    one.stop();
    list.update(["http://10.0.0.2:81"]);
    expect(one.lists).toEqual([["http://10.0.0.1"]]);
    expect(other.lists).toEqual([["http://10.0.0.1"], ["http://10.0.0.2:81"]]);
  });

  it("refuses what is no origin", () => {
    expect(() => updatable(["10.0.0.1"])).toThrow(TypeError);
  });
});
