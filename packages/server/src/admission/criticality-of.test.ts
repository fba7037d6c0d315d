import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { anonymous, type Principal } from "@charter/identity";
import { type Criticality, compileMethod } from "@charter/policy";
import { describe, expect, it } from "@jest/globals";
import type { Exchange } from "../http/exchange.js";
import { CRITICALITY_HEADER, criticalityOf } from "./criticality-of.js";

const alice: Principal = { kind: "user", subject: "alice", roles: [], scopes: [], sessionId: "s" };
const buy: Principal = { kind: "service", service: "buy" };

describe("criticalityOf", () => {
  it.each<[string, Criticality, string | undefined, Principal, Criticality]>([
    ["is the method's own", "critical", undefined, anonymous, "critical"],
    ["may be lowered by anybody", "critical", "sheddable", anonymous, "sheddable"],
    ["is not raised by nobody", "default", "critical", anonymous, "default"],
    ["is not raised by a user", "sheddable", "critical", alice, "sheddable"],
    ["is raised by a service", "sheddable", "critical", buy, "critical"],
    ["is lowered by a service", "critical", "default", buy, "default"],
    ["is the method's own where the header says something else", "default", "urgent", buy, "default"],
  ])("%s", (_, own, asked, principal, expected) => {
    const policy = { ...compileMethod(ShelfService.method.echo), criticality: own };
    const header = new Headers(asked === undefined ? {} : { [CRITICALITY_HEADER]: asked });
    expect(criticalityOf({ policy, principal, exchange: { header } as Exchange })).toBe(expected);
  });
});
