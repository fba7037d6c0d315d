import { ManualClock } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { OUTLIER_DEFAULTS } from "./outlier-policy.js";
import { OutlierRecord } from "./outlier-record.js";
import { OutlierSweeper } from "./outlier-sweeper.js";

describe("OutlierSweeper", () => {
  it("ejects at the next sweep, lets back in after the time is over, tells of both, and stops", async () => {
    const clock = new ManualClock();
    const endpoints = ["a", "b", "c"].map((key) => ({ key, outlier: new OutlierRecord() }));
    const changes: [string, boolean][] = [];
    const sweeper = new OutlierSweeper({
      clock,
      policy: OUTLIER_DEFAULTS,
      endpoints: () => endpoints,
      onChange: ({ key, outlier }) => void changes.push([key, outlier.ejected]),
    });
    sweeper.start();
    for (const { key, outlier } of endpoints) {
      for (let i = 0; i < 50; i += 1) outlier.count(key === "b" ? "failure" : "success");
    }
    await clock.advance(9_999);
    expect(changes).toEqual([]);
    await clock.advance(1);
    expect(changes).toEqual([["b", true]]);
    await clock.advance(29_999);
    expect(changes).toHaveLength(1);
    await clock.advance(1);
    expect(changes).toEqual([
      ["b", true],
      ["b", false],
    ]);
    sweeper.stop();
    expect(clock.pendingTimers).toBe(0);
  });
});
