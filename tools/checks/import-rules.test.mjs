import { normalize } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { rules } from "./import-rules.mjs";

/** Whether any rule objects to this import. */
function isBreach(path, specifier) {
  const workspace = path.split("/").slice(0, 2).join("/");
  const isTest = path.endsWith(".test.ts");
  const target = specifier.startsWith(".") ? normalize(`${path}/../${specifier}`) : undefined;
  return rules.some((rule) => rule.breachedBy({ path, workspace, isTest }, { specifier, target }));
}

describe("import directions", () => {
  it.each([
    ["the chassis and the shop", "packages/server/src/a.ts", "@shop/contract/shop/buy/v1/cart_pb.js"],
    ["a lower layer and a higher one", "packages/policy/src/a.ts", "@charter/server"],
    ["the wire and anything", "packages/wire/src/a.ts", "@charter/policy"],
    ["one app and another", "apps/buy/src/a.ts", "@shop/discount"],
    ["the domain and a library", "apps/buy/src/domain/a.ts", "kysely"],
    ["the domain and the store", "apps/buy/src/domain/a.ts", "../store/b.js"],
    ["what runs and a test helper", "apps/buy/src/a.ts", "@charter/testing"],
    ["what runs and a folder of test helpers", "packages/client/src/a.ts", "./testing/b.js"],
    ["anything and the inside of a package", "apps/buy/src/a.ts", "@charter/server/dist/stack.js"],
    ["a file and a file of another package", "packages/client/src/a.ts", "../../server/src/b.js"],
  ])("objects between %s", (_what, path, specifier) => {
    expect(isBreach(path, specifier)).toBe(true);
  });

  it.each([
    ["packages/server/src/a.ts", "@charter/policy"],
    ["packages/server/src/a.ts", "@charter/contract/charter/v1/options_pb.js"],
    ["packages/server/src/a.test.ts", "@charter/testing"],
    ["apps/buy/src/a.ts", "@charter/server"],
    ["apps/buy/src/handlers/a.ts", "@shop/contract/shop/buy/v1/cart_pb.js"],
    ["apps/buy/src/domain/a.ts", "./b.js"],
    ["apps/stack/src/a.ts", "@shop/buy"],
  ])("lets %s import %s", (path, specifier) => {
    expect(isBreach(path, specifier)).toBe(false);
  });
});
