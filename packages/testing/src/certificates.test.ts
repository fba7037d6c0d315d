import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { createAuthority } from "./certificates.js";

describe("createAuthority", () => {
  it("makes certificates that say whom they are for and who signed them", () => {
    const authority = createAuthority();
    const { cert } = authority.issue(["localhost", "127.0.0.1"]);
    const [root, leaf] = [new X509Certificate(authority.cert), new X509Certificate(cert)];
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1");
    expect([leaf.checkIssued(root), leaf.verify(root.publicKey)]).toEqual([true, true]);
    expect(leaf.verify(new X509Certificate(createAuthority().cert).publicKey)).toBe(false);
  });

  it("certifies the key that it gives, for now, or no longer", () => {
    const authority = createAuthority();
    const fresh = new X509Certificate(authority.issue(["a"]).cert);
    const expired = new X509Certificate(authority.issue(["a"], { expired: true }).cert);
    expect([fresh, expired].map((it) => it.validToDate.getTime() > Date.now())).toEqual([true, false]);
    expect(fresh.serialNumber).not.toBe(expired.serialNumber);
  });
});
