import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import { ManualClock } from "@charter/testing";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";

describe("grpc.health.v1 of a server with readiness checks", () => {
  const clock = new ManualClock();
  let shelf: StartedShelf;
  let ready = true;

  afterEach(async () => {
    const stopped = shelf.stop();
    await clock.advance(10_000);
    await stopped;
  });

  const start = async () => {
    ready = true;
    const database = async () => {
      if (!ready) throw new Error("down");
    };
    shelf = await startShelf({ clock, readiness: { database } });
    return createClient(Health, createGrpcTransport({ baseUrl: shelf.url }));
  };

  it("is NOT_SERVING while a check fails", async () => {
    const health = await start();
    expect((await health.check({})).status).toBe(Status.SERVING);
    ready = false;
    await clock.advance(1_000);
    expect((await health.check({})).status).toBe(Status.NOT_SERVING);
    expect((await health.list({})).statuses[""]?.status).toBe(Status.NOT_SERVING);
    expect((await fetch(`${shelf.url}/readyz`)).status).toBe(503);
    ready = true;
    await clock.advance(1_000);
    expect((await health.check({})).status).toBe(Status.SERVING);
  });

  it("tells those who watch when that changes", async () => {
    const watch = (await start()).watch({})[Symbol.asyncIterator]();
    expect(await watch.next()).toMatchObject({ value: { status: Status.SERVING } });
    for (const expected of [Status.NOT_SERVING, Status.SERVING]) {
      ready = expected === Status.SERVING;
      const next = watch.next();
      await clock.timersPending();
      await clock.advance(2_000);
      expect(await next).toMatchObject({ value: { status: expected } });
    }
    await watch.return?.();
  });
});
