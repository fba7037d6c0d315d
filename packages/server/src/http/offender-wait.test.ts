import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";

/** The longest that a connection waits where nothing else is said. */
const LONGEST_WAIT_MS = 2_000;
/** Looks whether something is so, at most so often. */
const MAX_LOOKS = 100_000;

describe("a caller at the address of one that has broken the protocol", () => {
  let clock: ManualClock;
  let shelf: StartedShelf | undefined;
  let session: ClientHttp2Session | undefined;
  beforeEach(() => {
    clock = new ManualClock();
  });
  afterEach(async () => {
    session?.destroy();
    const stopped = shelf?.stop();
    await clock.advance(10_000);
    await stopped;
  });

  /** Asks a server over HTTP/2 whether it lives, after somebody has sent it no frame of HTTP/2. */
  async function ask(options: { offenderWaitMs?: number }) {
    shelf = await startShelf({ wire: "charter", clock, ...options });
    const offender = connect(shelf.port, "127.0.0.1");
    offender.end(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.alloc(100, 0xff)]));
    await offender.toArray();
    session = connectHttp2(shelf.url);
    const [head] = await once(session.request({ ":path": "/livez" }), "response");
    return head[":status"];
  }

  it("is answered when it has waited", async () => {
    let isAnswered = false;
    const status = ask({}).finally(() => {
      isAnswered = true;
    });
    await until(() => session !== undefined);
    for (let times = 0; times < 5; times += 1) expect((await fetch(`${shelf?.url}/livez`)).status).toBe(200);
    expect(isAnswered).toBe(false);
    await clock.advance(LONGEST_WAIT_MS);
    expect(await status).toBe(200);
  });

  it("is answered at once where nobody is to wait", async () => {
    expect(await ask({ offenderWaitMs: 0 })).toBe(200);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("it never came so far");
}
