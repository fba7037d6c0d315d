import { seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { balancerContract, idle, sharesOf } from "./balancer.contract.js";
import { balancerFor } from "./balancer-for.js";
import { consistentHash } from "./consistent-hash.js";
import { p2cEwma } from "./p2c-ewma.js";
import { roundRobin } from "./round-robin.js";

balancerContract("p2c_ewma", balancerFor({ kind: "p2c_ewma" }));
balancerContract("round_robin", balancerFor({ kind: "round_robin" }));
balancerContract("hash", balancerFor({ kind: "hash", hashField: "id" }));

const random = seededRandom();
const hint = { random: random.next, turn: 0, hash: "" };

describe("p2cEwma", () => {
  it("never picks the slowest of three", () =>
    random.reporting(() => {
      const [a, b, slow] = idle(3);
      const candidates = [a, b, { ...slow, latencyMs: 2_000 }] as ReturnType<typeof idle>;
      const shares = sharesOf(p2cEwma, candidates, () => hint, 1_000);
      expect(shares.get(slow?.key ?? "")).toBe(0);
    }));

  it("never picks the busiest of three where all answer alike", () =>
    random.reporting(() => {
      const [busy, ...others] = idle(3);
      const candidates = [{ ...busy, inFlight: 1 }, ...others] as ReturnType<typeof idle>;
      expect(sharesOf(p2cEwma, candidates, () => hint, 1_000).get(busy?.key ?? "")).toBe(0);
    }));

  it("prefers a busy fast endpoint to an idle slow one only up to their latencies' ratio", () => {
    const fast = (inFlight: number) => ({ key: "fast", inFlight, latencyMs: 9 });
    const slow = { key: "slow", inFlight: 0, latencyMs: 99 };
    expect(p2cEwma([fast(8), slow], hint)?.key).toBe("fast");
    expect(p2cEwma([fast(10), slow], hint)?.key).toBe("slow");
  });
});

describe("roundRobin", () => {
  it("takes turns", () => {
    const candidates = idle(3);
    const picked = [0, 1, 2, 3].map((turn) => roundRobin(candidates, { ...hint, turn }));
    expect(picked).toEqual([...candidates, candidates[0]]);
  });
});

describe("consistentHash", () => {
  const place = (count: number) =>
    Array.from({ length: 1_000 }, (_, i) => consistentHash(idle(count), { ...hint, hash: `user ${i}` })?.key);

  it("sends equal hashes to the same endpoint, in whatever order they are listed", () => {
    const call = { ...hint, hash: "user 7" };
    expect(consistentHash(idle(9).toReversed(), call)?.key).toBe(consistentHash(idle(9), call)?.key);
  });

  it("moves few calls when an endpoint is added, and those only to it", () => {
    const before = place(9);
    const after = place(10);
    const moved = after.filter((key, i) => key !== before[i]);
    expect(moved.length).toBeLessThan(200);
    expect(new Set(moved)).toEqual(new Set(["http://10.0.0.9:80"]));
  });

  it("passes an endpoint over that has a quarter more in flight than the average", () => {
    const call = { ...hint, hash: "user 7" };
    const first = consistentHash(idle(3), call)?.key;
    const busy = (inFlight: number) => idle(3).map((it) => (it.key === first ? { ...it, inFlight } : it));
    expect(consistentHash(busy(0), call)?.key).toBe(first);
    expect(consistentHash(busy(10), call)?.key).not.toBe(first);
  });
});
