import { ManualClock } from "@charter/testing";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { errorCodes, frameTypes, PREFACE, settingIds } from "../frames/constants.js";
import { settingsAck, settingsFrame, windowUpdateFrame } from "../frames/frame-writer.js";
import { defaultLimits } from "../limits.js";
import { FramePeer, requestFrame } from "../testing/frame-peer.js";
import { type Served, serve } from "../testing/serve.js";
import { until } from "../testing/turns.js";

/** A check may come this much later than the time that it finds passed. */
const TICK_MS = 1_000;
const empty = new Map<number, number>();

describe("a WireServer ends", () => {
  let clock: ManualClock;
  let served: Served;

  beforeEach(async () => {
    clock = new ManualClock();
    served = await serve({ clock });
  });

  afterEach(() => served.stop());

  const accepted = () => until(() => served.wire.connections === 1);

  it("a connection whose preface does not come", async () => {
    const peer = await FramePeer.connect(served.port);
    peer.send(PREFACE.subarray(0, 20));
    await accepted();
    await clock.advance(defaultLimits.prefaceTimeoutMs - TICK_MS);
    expect(served.overs).toEqual([]);
    await clock.advance(2 * TICK_MS);
    expect(await peer.goawayCode()).toBe(errorCodes.protocolError);
    await peer.closed;
  });

  it("a connection that speaks another protocol", async () => {
    const peer = await FramePeer.connect(served.port);
    peer.send(Buffer.from("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
    expect(await peer.goawayCode()).toBe(errorCodes.protocolError);
    await peer.closed;
  });

  it("a connection that does not acknowledge our SETTINGS", async () => {
    const peer = await FramePeer.connect(served.port);
    peer.send(PREFACE, settingsFrame(empty));
    await peer.nextOf(frameTypes.settings);
    await clock.advance(defaultLimits.settingsTimeoutMs + TICK_MS);
    expect(await peer.goawayCode()).toBe(errorCodes.settingsTimeout);
    await peer.closed;
  });

  it("a connection without a stream, after its last one", async () => {
    const peer = await FramePeer.greet(served.port);
    peer.send(requestFrame(1, "/empty"), requestFrame(3, "/never"));
    await peer.nextOf(frameTypes.headers, 1);
    await clock.advance(defaultLimits.idleTimeoutMs + TICK_MS);
    expect(served.overs).toEqual([]);
    peer.send(requestFrame(5, "/empty"));
    await peer.nextOf(frameTypes.headers, 5);
    peer.destroy();
    const idle = await FramePeer.greet(served.port);
    await clock.advance(defaultLimits.idleTimeoutMs + TICK_MS);
    expect(await idle.goawayCode()).toBe(errorCodes.noError);
    await idle.closed;
  });

  it("a stream whose window stays closed, and no stream that still takes bytes", async () => {
    const peer = await FramePeer.greet(served.port, new Map([[settingIds.initialWindowSize, 0]]));
    peer.send(requestFrame(1, "/bytes/1000"), requestFrame(3, "/bytes/1000"));
    await peer.nextOf(frameTypes.headers, 3);
    for (let round = 1; round <= 4; round += 1) {
      await clock.advance(defaultLimits.stalledTimeoutMs / 3);
      peer.send(windowUpdateFrame(3, 10));
      await until(() => peer.count(frameTypes.data) === round);
    }
    expect((await peer.nextOf(frameTypes.rstStream)).streamId).toBe(1);
    expect(peer.count(frameTypes.rstStream)).toBe(1);
    peer.destroy();
  });

  it("a stream whose window stays closed much earlier when half of what may wait is used", async () => {
    const strict = await serve({ clock, maxQueuedBytes: 100_000 });
    const peer = await FramePeer.greet(strict.port, new Map([[settingIds.initialWindowSize, 0]]));
    peer.send(requestFrame(1, "/bytes/1000000"));
    await peer.nextOf(frameTypes.headers, 1);
    await clock.advance(1_000 + TICK_MS);
    expect((await peer.nextOf(frameTypes.rstStream)).streamId).toBe(1);
    expect(strict.wire.queuedBytes).toBe(0);
    peer.destroy();
    await strict.stop();
  });

  describe("when half of what may wait is used", () => {
    let strict: Served;
    let peer: FramePeer;

    /** Three answers wait, which the peer does not take: so much that no request is taken any more. */
    beforeEach(async () => {
      strict = await serve({ clock, maxQueuedBytes: 275_000 });
      peer = await FramePeer.greet(strict.port, new Map([[settingIds.initialWindowSize, 0]]));
      for (const streamId of [1, 3, 5]) peer.send(requestFrame(streamId, "/bytes/65536"));
      await peer.nextOf(frameTypes.headers, 5);
    });

    afterEach(async () => {
      peer.destroy();
      await strict.stop();
    });

    it("a connection for which much waits and that takes nothing", async () => {
      await clock.advance(1_000 + TICK_MS);
      expect(await peer.goawayCode()).toBe(errorCodes.enhanceYourCalm);
      expect(strict.wire.queuedBytes).toBe(0);
      expect(strict.overs).toMatchObject([{ code: errorCodes.enhanceYourCalm }]);
    });

    it("one that goes on asking earlier", async () => {
      await clock.advance(300);
      peer.send(requestFrame(7, "/empty"));
      expect((await peer.nextOf(frameTypes.rstStream, 7)).payload.readUInt32BE()).toBe(
        errorCodes.refusedStream,
      );
      await clock.advance(1);
      peer.send(requestFrame(9, "/empty"));
      expect(await peer.goawayCode()).toBe(errorCodes.enhanceYourCalm);
    });

    it("none that takes its answers slowly", async () => {
      for (let round = 1; round <= 8; round += 1) {
        await clock.advance(290);
        peer.send(...[1, 3, 5].map((streamId) => windowUpdateFrame(streamId, 1)));
        peer.send(requestFrame(5 + 2 * round, "/empty"));
        await until(() => peer.count(frameTypes.rstStream) === round);
      }
      expect(peer.count(frameTypes.data)).toBe(24);
      expect(peer.count(frameTypes.goaway)).toBe(0);
    });
  });

  it("a drained connection that does not answer its PING", async () => {
    const peer = await FramePeer.greet(served.port);
    const drained = served.wire.drain();
    await peer.nextOf(frameTypes.ping);
    await clock.advance(defaultLimits.pingTimeoutMs + TICK_MS);
    await Promise.all([peer.closed, drained]);
  });

  it("the socket of a peer that stays after the end", async () => {
    const peer = await FramePeer.connect(served.port);
    peer.socket.allowHalfOpen = true;
    peer.send(Buffer.from("not the preface of HTTP/2"), settingsAck);
    await peer.nextOf(frameTypes.goaway);
    expect(served.wire.connections).toBe(1);
    await clock.advance(2 * TICK_MS);
    await until(() => served.wire.connections === 0);
    peer.destroy();
  });
});
