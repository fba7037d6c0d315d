import { describe, expect, it } from "@jest/globals";
import { isSoundTarget } from "./guard.js";

describe("isSoundTarget", () => {
  it.each([
    "localhost",
    "localhost:8080",
    "127.0.0.1:1",
    "[::1]",
    "[::1]:8080",
    "shop.example",
    "a_b.example:",
    "xn--bcher-kva.example",
  ])("takes the authority %j", (authority) => {
    expect(isSoundTarget("/", authority)).toBe(true);
    expect(() => new URL("/", `http://${authority}`)).not.toThrow();
  });

  it.each([
    undefined,
    "",
    "[",
    "]",
    "[::1",
    "a b",
    "a/b",
    "a?b",
    "user@host",
    "a:b",
    "a:99999",
    "a:1:2",
    "ü.example",
    "a".repeat(300),
  ])("refuses the authority %j", (authority) => {
    expect(isSoundTarget("/", authority)).toBe(false);
  });

  it.each(["/", "/a.B/C", "/a?b=%20", "//double"])("takes the path %j", (path) => {
    expect(isSoundTarget(path, "localhost")).toBe(true);
  });

  it.each([undefined, "", "*", "a", "http://elsewhere/", "/a b", "/\u0000", "/ü", `/${"a".repeat(20_000)}`])(
    "refuses the path %j",
    (path) => {
      expect(isSoundTarget(path, "localhost")).toBe(false);
    },
  );
});
