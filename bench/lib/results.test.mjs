import { describe, expect, it } from "@jest/globals";
import { Results } from "./results.mjs";
import { runRounds } from "./run-workload.mjs";
import { atLeastTimes, atMostTimes, judge } from "./targets.mjs";

const charter = { name: "charter", label: "Charter" };
const peer = { name: "peer", label: "Peer 1.0" };

function resultsOf(own, theirs) {
  const results = new Results([charter, peer]);
  for (const rate of own) results.add(charter, { rate });
  for (const rate of theirs) results.add(peer, { rate });
  return results;
}

describe("results", () => {
  it("compare what ran in the same round, so that a slow minute of the machine weighs on both", () => {
    const results = resultsOf([100, 10, 90], [50, 2.5, 90]);
    expect(results.ratio("charter", "peer", "rate")).toBe(2);
    expect(results.median("charter", "rate")).toBe(90);
    expect(results.spread("charter", "rate")).toBe(1);
  });

  it("tell by how much a target was missed, in either direction", () => {
    const results = resultsOf([90], [100]);
    expect(judge(atLeastTimes(0.9, "peer", "rate"), results).verdict).toBe("met");
    expect(judge(atLeastTimes(1.2, "peer", "rate"), results)).toEqual({
      says: "≥ 1.2 × Peer 1.0",
      reached: "0.90 ×",
      verdict: "missed by 25 %",
    });
    expect(judge(atMostTimes(0.6, "peer", "rate"), results).verdict).toBe("missed by 50 %");
    expect(judge(atMostTimes(0.3, "peer", "rate"), results).verdict).toBe("missed by a factor of 3.0");
    expect(judge(atLeastTimes(1.8, "peer", "rate"), results).verdict).toBe("missed by a factor of 2.0");
    expect(judge(atMostTimes(0.899, "peer", "rate"), results).verdict).toBe("missed by 1 %");
  });

  it("never count a target as met whose peer is missing", () => {
    const results = resultsOf([90], []);
    expect(judge(atLeastTimes(0, "peer", "rate"), results).verdict).toMatch(/^not measured/);
    results.skip(peer, "it is not installed");
    expect(judge(atLeastTimes(0, "peer", "rate"), results).verdict).toBe("not measured: it is not installed");
  });
});

describe("a workload", () => {
  const measures = [{ key: "rate", label: "calls/s", digits: 0 }];

  it("measures all contenders in turn in each round, and closes what it has opened", async () => {
    const order = [];
    const workload = {
      name: "echo",
      measures,
      open: async () => ({ close: async () => order.push("closed") }),
      measure: async ({ name }) => {
        order.push(name);
        return { rate: 1 };
      },
    };
    const results = new Results([charter, peer]);
    const progress = () => {};
    expect(await runRounds(workload, [charter, peer], { rounds: 2 }, { results, progress })).toEqual({});
    expect(order).toEqual(["charter", "peer", "charter", "peer", "closed"]);
    expect(results.rounds("peer", "rate")).toEqual([1, 1]);
  });

  it("is invalid as a whole, loudly, when one contender fails one call", async () => {
    const said = [];
    const workload = {
      name: "echo",
      measures,
      measure: async ({ name }) => {
        if (name === "peer") throw new Error("calls were refused: 3");
        return { rate: 1 };
      },
    };
    const reporting = { results: new Results([charter, peer]), progress: (text) => said.push(text) };
    const { invalid } = await runRounds(workload, [charter, peer], { rounds: 2 }, reporting);
    expect(invalid).toBe("echo, round 1, Peer 1.0: calls were refused: 3");
    expect(said.at(-1)).toContain("INVALID");
  });
});
