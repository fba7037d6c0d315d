import { describe, expect, it } from "@jest/globals";
import { createPasswordHasher } from "./password-hasher.js";

describe("the password hasher", () => {
  it("makes Argon2id hashes with a salt of their own, and knows the password again", async () => {
    const hasher = await createPasswordHasher();
    const encoded = await hasher.hash("correct horse battery");
    expect(encoded).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await hasher.hash("correct horse battery")).not.toBe(encoded);
    expect(await hasher.verify(encoded, "correct horse battery")).toBe(true);
    expect(await hasher.verify(encoded, "correct horse batterY")).toBe(false);
  });

  it("says no, after one computation, where there is no hash", async () => {
    let computed = 0;
    const algorithm = {
      hash: async () => "nobody's",
      verify: async () => {
        computed += 1;
        return true;
      },
    };
    const hasher = await createPasswordHasher({ algorithm });
    expect(await hasher.verify(undefined, "whatever")).toBe(false);
    expect(computed).toBe(1);
  });
});
