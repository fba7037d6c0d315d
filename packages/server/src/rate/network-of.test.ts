import { describe, expect, it } from "@jest/globals";
import { networkOf } from "./network-of.js";

describe("networkOf", () => {
  it.each([
    ["an IPv4 address is itself", "192.0.2.7", "192.0.2.7"],
    ["an IPv6 address is its network", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["zeros may be left out at the end", "2001:db8::", "2001:db8:0:0::/64"],
    ["or at the start", "::1", "0:0:0:0::/64"],
    ["or in the middle", "2001:db8::5:6", "2001:db8:0:0::/64"],
    ["leading zeros and case do not matter", "2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
    ["a zone does not matter", "fe80::1%eth0", "fe80:0:0:0::/64"],
    ["an IPv4 address may stand at the end", "64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"],
    ["what is no address is itself", "unknown", "unknown"],
  ])("%s", (_, address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
