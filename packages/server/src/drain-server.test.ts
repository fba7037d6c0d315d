import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { ErrorInfoSchema, RetryInfoSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import { ManualClock } from "@charter/testing";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import { collect } from "./testing/collect.js";
import { createGate } from "./testing/gate.js";
import { shelfImplementation } from "./testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf;
  let clock: ManualClock;

  afterEach(async () => {
    const stopped = shelf.stop();
    await clock.advance(60_000);
    await stopped;
  });

  async function start(overrides: Parameters<typeof shelfImplementation>[0]) {
    clock = new ManualClock();
    shelf = await startShelf({ wire, clock, implementations: [shelfImplementation(overrides)] });
    const http1 = createConnectTransport({ baseUrl: shelf.url, httpVersion: "1.1" });
    const grpc = createGrpcTransport({ baseUrl: shelf.url });
    return {
      overHttp1: createClient(ShelfService, http1),
      overGrpc: createClient(ShelfService, grpc),
      health: createClient(Health, grpc),
    };
  }

  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => ConnectError.from(error),
    );

  describe("a draining server", () => {
    it("finishes every call in flight, refuses new ones and then frees the port", async () => {
      const release = createGate();
      const entered = [createGate(), createGate()];
      let count = 0;
      const { overHttp1, overGrpc } = await start({
        echo: async ({ text }) => {
          entered[count++]?.open();
          await release.opened;
          return { text };
        },
      });
      const inFlight = [overHttp1.echo({ text: "one" }), overGrpc.echo({ text: "two" })];
      await Promise.all(entered.map((it) => it.opened));

      const drained = shelf.server.drain({ graceMs: 10_000 });
      const refused = await refusal(overHttp1.whoAmI({}));
      expect(refused?.code).toBe(Code.Unavailable);
      expect(refused?.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "DRAINING" }]);
      expect(refused?.findDetails(RetryInfoSchema)).toHaveLength(1);
      expect((await fetch(`${shelf.url}/readyz`)).status).toBe(503);

      release.open();
      expect((await Promise.all(inFlight)).map((it) => it.text)).toEqual(["one", "two"]);
      await drained;
      await expect(fetch(`${shelf.url}/livez`)).rejects.toThrow();
    });

    it("goes on answering health to connections that come while it drains, and refuses them all else", async () => {
      const release = createGate();
      const entered = createGate();
      const { overGrpc } = await start({
        echo: async () => {
          entered.open();
          await release.opened;
          return {};
        },
      });
      const inFlight = overGrpc.echo({});
      await entered.opened;
      const drained = shelf.server.drain({ graceMs: 10_000 });
      const late = createGrpcTransport({ baseUrl: shelf.url });
      await expect(createClient(Health, late).check({})).resolves.toMatchObject({
        status: Status.NOT_SERVING,
      });
      const refused = await refusal(createClient(ShelfService, late).echo({}));
      expect(refused?.code).toBe(Code.Unavailable);
      expect(refused?.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "DRAINING" }]);
      release.open();
      await inFlight;
      await drained;
    });

    it("tells health watchers first, and ends their watch", async () => {
      const { health } = await start({});
      const watch = health.watch({ service: ShelfService.typeName })[Symbol.asyncIterator]();
      expect(await watch.next()).toMatchObject({ value: { status: Status.SERVING } });
      const drained = shelf.server.drain({ graceMs: 10_000 });
      expect(await watch.next()).toMatchObject({ value: { status: Status.NOT_SERVING } });
      expect(await watch.next()).toMatchObject({ done: true });
      await drained;
    });

    it("ends streams of responses early, for they could outlast any grace", async () => {
      const entered = createGate();
      const { overGrpc } = await start({
        converse: async function* (requests) {
          entered.open();
          for await (const { text } of requests) yield { text };
        },
      });
      const said = createGate();
      async function* remarks() {
        yield { text: "a" };
        await said.opened;
      }
      const stream = refusal(collect(overGrpc.converse(remarks())));
      await entered.opened;
      const drained = shelf.server.drain({ graceMs: 60_000 });
      await clock.advance(2_000);
      expect((await stream)?.findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "DRAINING" }]);
      said.open();
      await drained;
    });

    it("aborts what is still running at the end of its grace", async () => {
      const entered = createGate();
      const aborted = createGate();
      const { overGrpc } = await start({
        echo: (_, { signal }) => {
          signal.addEventListener("abort", aborted.open);
          entered.open();
          return new Promise(() => {});
        },
      });
      const answer = refusal(overGrpc.echo({}));
      await entered.opened;
      const drained = shelf.server.drain({ graceMs: 1_000 });
      await clock.advance(1_000);
      await aborted.opened;
      expect((await answer)?.code).toBe(Code.Unavailable);
      await drained;
    });
  });
});
