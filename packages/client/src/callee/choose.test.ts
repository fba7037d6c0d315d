import { describe, expect, it } from "@jest/globals";
import { callPolicy } from "../call-policy.js";
import { PolicyService } from "../testing/policy-contract.js";
import { eligible } from "./choose.js";
import type { Endpoint } from "./endpoint.js";

const policy = callPolicy(PolicyService.method.read);

/** An endpoint that is fit for a call but for what is said. */
function endpoint(key: string, flaws: { down?: true; broken?: true; unhealthy?: true; ejected?: true } = {}) {
  return {
    key,
    pool: { status: flaws.down ? "down" : "ready" },
    health: flaws.unhealthy ? "unhealthy" : "unknown",
    outlier: { ejected: flaws.ejected ?? false },
    breakerOf: () => ({ admits: !flaws.broken }),
  } as unknown as Endpoint;
}

const keysOf = (endpoints: readonly Endpoint[], ...tried: string[]) =>
  eligible(endpoints, policy, new Set(tried)).map(({ key }) => key);

const fit = endpoint("fit");
const down = endpoint("down", { down: true });
const broken = endpoint("broken", { broken: true });
const unhealthy = endpoint("unhealthy", { unhealthy: true });
const ejected = endpoint("ejected", { ejected: true });

describe("eligible", () => {
  it("leaves out what is not fit, while something is", () => {
    expect(keysOf([down, broken, unhealthy, ejected, fit])).toEqual(["fit"]);
  });

  it("prefers what was not tried, and lets that be tried again which is the only one left", () => {
    expect(keysOf([fit, endpoint("other")], "fit")).toEqual(["other"]);
    expect(keysOf([fit, ejected], "fit")).toEqual(["fit"]);
  });

  it("lowers the bars one after the other where nothing is fit", () => {
    expect(keysOf([down, broken, unhealthy, ejected])).toEqual(["ejected"]);
    expect(keysOf([down, broken, unhealthy])).toEqual(["unhealthy"]);
    expect(keysOf([down, broken])).toEqual(["broken"]);
    expect(keysOf([down])).toEqual([]);
  });
});
