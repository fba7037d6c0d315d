import { describe, expect, it } from "@jest/globals";
import { graceMs, judgeRefresh, maxGenerations, type SessionState } from "./session.js";

const rotatedAtMs = 50_000;
const session: SessionState = { generation: 7, rotatedAtMs, expiresAtMs: 1_000_000, ended: false };

describe("judgeRefresh", () => {
  it("exchanges the newest token, however old it is", () => {
    expect(judgeRefresh(session, 7, rotatedAtMs)).toBe("rotate");
    expect(judgeRefresh(session, 7, session.expiresAtMs - 1)).toBe("rotate");
  });

  it("answers its parent again within the grace and not after it", () => {
    expect(judgeRefresh(session, 6, rotatedAtMs + graceMs)).toBe("repeat");
    expect(judgeRefresh(session, 6, rotatedAtMs + graceMs + 1)).toBe("reused");
  });

  it("takes an older token for reuse, also within the grace", () => {
    expect(judgeRefresh(session, 5, rotatedAtMs)).toBe("reused");
    expect(judgeRefresh(session, 1, rotatedAtMs)).toBe("reused");
  });

  it("refuses every token of a session that is over", () => {
    expect(judgeRefresh({ ...session, ended: true }, 7, rotatedAtMs)).toBe("invalid");
    expect(judgeRefresh({ ...session, ended: true }, 2, rotatedAtMs)).toBe("invalid");
    expect(judgeRefresh(session, 7, session.expiresAtMs)).toBe("invalid");
  });

  it("ends a session that was refreshed more often than a client needs", () => {
    expect(judgeRefresh({ ...session, generation: maxGenerations }, maxGenerations, rotatedAtMs)).toBe(
      "invalid",
    );
  });
});
