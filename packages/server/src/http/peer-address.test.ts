import { describe, expect, it } from "@jest/globals";
import { peerAddress } from "./peer-address.js";

describe("peerAddress", () => {
  it.each([
    ["the connection's where no proxy is trusted", "192.0.2.1", "198.51.100.7", 0, "192.0.2.1"],
    ["the connection's where the proxy says nothing", "192.0.2.1", null, 1, "192.0.2.1"],
    [
      "what the one proxy saw, not what the caller wrote",
      "192.0.2.1",
      "1.1.1.1, 198.51.100.7",
      1,
      "198.51.100.7",
    ],
    ["what the outer of two proxies saw", "192.0.2.1", "1.1.1.1, 198.51.100.7, 10.0.0.1", 2, "198.51.100.7"],
    ["the first where there are fewer than expected", "192.0.2.1", "198.51.100.7", 2, "198.51.100.7"],
    ["IPv4 as IPv4", "::ffff:192.0.2.1", null, 0, "192.0.2.1"],
    ["unknown where the connection is gone", undefined, null, 0, "unknown"],
  ])("is %s", (_, socketAddress, forwardedFor, proxies, expected) => {
    expect(peerAddress(socketAddress, forwardedFor, proxies)).toBe(expected);
  });
});
