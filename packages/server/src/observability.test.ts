import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { Health } from "@charter/contract/grpc/health/v1/health_pb.js";
import { ServerReflection } from "@charter/contract/grpc/reflection/v1/reflection_pb.js";
import { MetricRegistry } from "@charter/telemetry";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import { PortTakenError, type ServerOptions } from "./index.js";
import { collect } from "./testing/collect.js";
import { createGate } from "./testing/gate.js";
import { shelfImplementation } from "./testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";
import { wires } from "./testing/wires.js";

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf;
  afterEach(() => shelf.stop());

  const labels = (method: string, rest: string) =>
    `{service="charter.testing.v1.ShelfService",method="${method}",${rest}}`;
  const client = () => createClient(ShelfService, createGrpcTransport({ baseUrl: shelf.url }));

  async function scrape(url = shelf.url): Promise<string> {
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    return answer.text();
  }

  describe("the metrics of a server", () => {
    it("count unary calls by code, with what they carried", async () => {
      shelf = await startShelf({ wire });
      await client().echo({ text: "abc", quantity: 1 });
      await expect(client().echo({ quantity: -1 })).rejects.toThrow();
      await expect(client().unbuilt({})).rejects.toThrow();
      const text = await scrape();
      expect(text).toContain(`rpc_server_requests_total${labels("Echo", 'code="ok"')} 1\n`);
      expect(text).toContain(`rpc_server_requests_total${labels("Echo", 'code="invalid_argument"')} 1\n`);
      expect(text).toContain(`rpc_server_requests_total${labels("Unbuilt", 'code="unimplemented"')} 1\n`);
      expect(text).toContain(`rpc_server_duration_seconds_count${labels("Echo", 'code="ok"')} 1\n`);
      expect(text).toContain(`rpc_server_messages_total${labels("Echo", 'direction="received"')} 2\n`);
      expect(text).toContain(`rpc_server_messages_total${labels("Echo", 'direction="sent"')} 1\n`);
      expect(text).toContain(`rpc_server_message_bytes_total${labels("Echo", 'direction="sent"')} 7\n`);
    });

    it("count a stream once, and its messages", async () => {
      shelf = await startShelf({ wire });
      await collect(client().listItems({ count: 5 }));
      const text = await scrape();
      expect(text).toContain(`rpc_server_requests_total${labels("ListItems", 'code="ok"')} 1\n`);
      expect(text).toContain(`rpc_server_messages_total${labels("ListItems", 'direction="sent"')} 5\n`);
    });

    it("show calls in flight, and a caller that left as canceled", async () => {
      const entered = createGate();
      const left = createGate();
      const echo = async (_: unknown, { signal }: { signal: AbortSignal }) => {
        entered.open();
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        left.open();
        return {};
      };
      shelf = await startShelf({ wire, implementations: [shelfImplementation({ echo })] });
      const caller = new AbortController();
      const call = client().echo({}, { signal: caller.signal });
      await entered.opened;
      const inFlight = 'rpc_server_in_flight{service="charter.testing.v1.ShelfService",method="Echo"}';
      expect(await scrape()).toContain(`${inFlight} 1\n`);
      caller.abort();
      await expect(call).rejects.toThrow();
      await left.opened;
      const text = await scrape();
      expect(text).toContain(`${inFlight} 0\n`);
      expect(text).toContain(`rpc_server_requests_total${labels("Echo", 'code="canceled"')} 1\n`);
    });

    it("tell how many connections are open", async () => {
      shelf = await startShelf({ wire, admin: { host: "127.0.0.1", port: 0 } });
      await client().echo({});
      const text = await scrape(shelf.adminUrl);
      expect(text).toContain('rpc_server_connections{port="service"} 1\n');
      expect(text).toContain('rpc_server_connections{port="admin"} 1\n');
    });

    it("stand beside those of the process and of whoever shares the registry", async () => {
      const metrics = new MetricRegistry();
      metrics.collector(() => [{ name: "carts_open", help: "Carts.", kind: "gauge", value: 3 }]);
      shelf = await startShelf({ wire, metrics });
      const text = await scrape();
      expect(text).toContain("\ncarts_open 3\n");
      expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    });
  });

  describe("the admin port", () => {
    const admin = { host: "127.0.0.1", port: 0 };
    const start = (options: Partial<ServerOptions> = {}) => startShelf({ wire, admin, ...options });
    const status = async (url: string) => (await fetch(url)).status;
    const reflected = (baseUrl: string) => {
      const reflection = createClient(ServerReflection, createGrpcTransport({ baseUrl }));
      const request = { messageRequest: { case: "listServices", value: "" } } as const;
      return collect(
        reflection.serverReflectionInfo(
          (async function* () {
            yield request;
          })(),
        ),
      );
    };

    it("has the metrics, and the service's port has none", async () => {
      shelf = await start();
      await client().echo({});
      expect(await scrape(shelf.adminUrl)).toContain(
        `rpc_server_requests_total${labels("Echo", 'code="ok"')} 1\n`,
      );
      expect(await status(`${shelf.url}/metrics`)).toBe(404);
    });

    it("has reflection, and the service's port has none", async () => {
      shelf = await start();
      const [answer] = await reflected(shelf.adminUrl ?? "");
      expect(JSON.stringify(answer?.messageResponse.value)).toContain("charter.testing.v1.ShelfService");
      const refused = await reflected(shelf.url).catch((error: unknown) => ConnectError.from(error).code);
      expect(refused).toBe(Code.Unimplemented);
    });

    it("tells which check failed, and the service's port only that one did", async () => {
      shelf = await start({ readiness: { database: () => Promise.reject(new Error("down")) } });
      const ready = async (url?: string) => (await fetch(`${url}/readyz`)).json();
      expect(await ready(shelf.adminUrl)).toEqual({ status: "not ready", checks: { database: "failed" } });
      expect(await ready(shelf.url)).toEqual({ status: "not ready" });
      expect(await status(`${shelf.url}/readyz`)).toBe(503);
    });

    it("has health beside the service's port, and no service", async () => {
      shelf = await start();
      for (const baseUrl of [shelf.url, shelf.adminUrl ?? ""]) {
        const health = createClient(Health, createGrpcTransport({ baseUrl }));
        expect((await health.check({})).status).toBe(1);
        expect(await status(`${baseUrl}/livez`)).toBe(200);
      }
      const transport = createGrpcTransport({ baseUrl: shelf.adminUrl ?? "" });
      await expect(createClient(ShelfService, transport).echo({})).rejects.toThrow("unimplemented");
    });

    it("answers until the work has ended, and closes then", async () => {
      const entered = createGate();
      const go = createGate();
      const echo = async () => {
        entered.open();
        await go.opened;
        return {};
      };
      shelf = await start({ implementations: [shelfImplementation({ echo })] });
      const call = client().echo({});
      await entered.opened;
      const drained = shelf.server.drain({ graceMs: 10_000 });
      expect(await scrape(shelf.adminUrl)).toContain("rpc_server_in_flight");
      go.open();
      await call;
      await drained;
      await expect(fetch(`${shelf.adminUrl}/livez`)).rejects.toThrow();
    });

    it("is named when another process has it, and the service's port is let go", async () => {
      shelf = await startShelf({ wire });
      const taken = startShelf({ wire, admin: { host: "127.0.0.1", port: shelf.port } });
      await expect(taken).rejects.toThrow(PortTakenError);
    });
  });
});
