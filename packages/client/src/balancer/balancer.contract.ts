import { seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import type { Balancer, Candidate, PickHint } from "./balancer.js";

/** Endpoints with nothing in flight. */
export function idle(count: number): Candidate[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `http://10.0.0.${i}:80`,
    inFlight: 0,
    latencyMs: 1,
  }));
}

/** How often each endpoint is picked in `rounds` picks. */
export function sharesOf(
  balancer: Balancer,
  candidates: readonly Candidate[],
  hintOf: (round: number) => PickHint,
  rounds: number,
): Map<string, number> {
  const shares = new Map(candidates.map(({ key }) => [key, 0]));
  for (let round = 0; round < rounds; round += 1) {
    const key = balancer(candidates, hintOf(round))?.key ?? "none";
    shares.set(key, (shares.get(key) ?? 0) + 1);
  }
  return shares;
}

/** What holds for every way to pick. */
export function balancerContract(name: string, balancer: Balancer): void {
  const random = seededRandom();
  const hint = (turn: number): PickHint => ({ random: random.next, turn, hash: `call ${turn}` });

  describe(`${name}, as any balancer,`, () => {
    it("picks nothing from nothing", () => {
      expect(balancer([], hint(0))).toBeUndefined();
    });

    it("picks the only endpoint there is, however busy", () => {
      const only = { key: "a", inFlight: 1_000, latencyMs: 60_000 };
      expect(balancer([only], hint(3))).toBe(only);
    });

    it("picks one of the candidates itself, and leaves them as they are", () =>
      random.reporting(() => {
        const candidates = Object.freeze(idle(5).map((it) => Object.freeze(it)));
        for (let turn = 0; turn < 200; turn += 1)
          expect(candidates).toContain(balancer(candidates, hint(turn)));
      }));

    it("picks the same from the same snapshot and hint", () => {
      const again = () => balancer(idle(7), { random: () => 0.4, turn: 12, hash: "x" });
      expect(again()).toEqual(again());
    });

    it("spreads calls over equal endpoints", () =>
      random.reporting(() => {
        const shares = sharesOf(balancer, idle(4), hint, 4_000);
        for (const share of shares.values()) {
          expect(share).toBeGreaterThan(650);
          expect(share).toBeLessThan(1_400);
        }
      }));

    it("spreads calls that have no hash", () =>
      random.reporting(() => {
        const shares = sharesOf(balancer, idle(3), (turn) => ({ ...hint(turn), hash: "" }), 3_000);
        for (const share of shares.values()) expect(share).toBeGreaterThan(600);
      }));
  });
}
