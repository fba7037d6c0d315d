import { describe, expect, it } from "@jest/globals";
import { errorCodes, flags, frameTypes, MAX_STREAM_ID } from "../frames/constants.js";
import { frame, pingFrame } from "../frames/frame-writer.js";
import { FramePeer, requestFrame } from "../testing/frame-peer.js";
import { nodeAnswer, nodeCall, nodeClient, openNodeStream } from "../testing/node-client.js";
import { pattern } from "../testing/pattern.js";
import { serve } from "../testing/serve.js";

describe("WireServer.drain", () => {
  it("warns, serves what was on its way, names the last stream, refuses the next, and closes when the last has ended", async () => {
    const served = await serve();
    const peer = await FramePeer.greet(served.port);
    peer.send(requestFrame(1, "/echo", false));
    await peer.nextOf(frameTypes.headers, 1);
    const drained = served.wire.drain();
    const warning = await peer.nextOf(frameTypes.goaway);
    const ping = await peer.next(({ type, flags: bits }) => type === frameTypes.ping && bits === 0);
    expect(warning.payload.readUInt32BE()).toBe(MAX_STREAM_ID);
    // On its way when the warning came: it must be served.
    peer.send(requestFrame(3, "/bytes/5"), pingFrame(ping.payload, true), requestFrame(5, "/bytes/5"));
    expect((await peer.nextOf(frameTypes.data, 3)).payload).toHaveLength(5);
    expect((await peer.nextOf(frameTypes.rstStream, 5)).payload.readUInt32BE()).toBe(
      errorCodes.refusedStream,
    );
    const goaways = peer.seen.filter(({ type }) => type === frameTypes.goaway);
    expect(goaways.map(({ payload }) => payload.readUInt32BE())).toEqual([MAX_STREAM_ID, 3]);
    peer.send(frame(frameTypes.data, flags.endStream, 1, Buffer.from("last")));
    expect((await peer.nextOf(frameTypes.data, 1)).payload.toString()).toBe("last");
    await Promise.all([drained, peer.closed]);
    await served.stop();
  });

  it("loses no call of clients that go on calling until they are told to go", async () => {
    const served = await serve();
    const sessions = await Promise.all(Array.from({ length: 4 }, () => nodeClient(served.port)));
    const results: (number | "refused")[] = [];
    const callers = sessions.map(async (session) => {
      while (!session.closed && !session.destroyed) {
        const answer = await nodeCall(session, { path: "/bytes/40000" });
        const isRefused = answer.code === errorCodes.refusedStream;
        results.push(isRefused ? "refused" : answer.body.length);
        if (results.length === 100) void served.wire.drain();
      }
    });
    await Promise.all(callers);
    await served.wire.drain();
    // What is refused was never begun: its client may call elsewhere.
    expect(results.filter((result) => result !== 40_000 && result !== "refused")).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(100);
    await served.stop();
  });

  it("writes a long answer to its last byte before it closes", async () => {
    const served = await serve();
    const session = await nodeClient(served.port, { initialWindowSize: 2 ** 31 - 1 });
    session.setLocalWindowSize(2 ** 31 - 1);
    const stream = openNodeStream(session, { path: "/bytes/20000000" });
    await new Promise((resolve) => stream.once("response", resolve));
    const drained = served.wire.drain();
    expect((await nodeAnswer(stream)).body.equals(pattern(20_000_000))).toBe(true);
    await drained;
    expect(served.overs).toEqual([undefined]);
    await served.stop();
  });

  it("takes no new connection, and answers every caller when it is done", async () => {
    const served = await serve();
    const drains = [served.wire.drain(), served.wire.drain()];
    await Promise.all(drains);
    const peer = await FramePeer.connect(served.port);
    await peer.closed;
    expect(peer.seen).toEqual([]);
    await served.stop();
  });
});

describe("WireServer.close", () => {
  it("ends open streams at once, and tells the client which were taken up", async () => {
    const served = await serve();
    const peer = await FramePeer.greet(served.port);
    peer.send(requestFrame(1, "/never"), requestFrame(3, "/empty"));
    await peer.nextOf(frameTypes.headers, 3);
    await served.stop();
    expect((await peer.nextOf(frameTypes.goaway)).payload.readUInt32BE(0) === MAX_STREAM_ID).toBe(true);
    const last = peer.seen.filter(({ type }) => type === frameTypes.goaway).at(-1);
    expect(last?.payload.readUInt32BE(0)).toBe(3);
  });
});
