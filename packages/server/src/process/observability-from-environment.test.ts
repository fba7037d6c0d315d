import { createLogger } from "@charter/telemetry";
import { describe, expect, it } from "@jest/globals";
import { observabilityFromEnvironment } from "./observability-from-environment.js";

const log = createLogger({ service: "buy", level: "silent" });
const read = (environment: Record<string, string>) =>
  observabilityFromEnvironment(environment, { service: "buy", log });

describe("observabilityFromEnvironment", () => {
  it("keeps all on one port and records nothing by default", async () => {
    const { admin, tracer } = await read({ CHARTER_ADMIN_PORT_USER: "9091" });
    expect([admin, tracer]).toEqual([undefined, undefined]);
  });

  it("opens the admin port of its own service", async () => {
    expect((await read({ CHARTER_ADMIN_PORT_BUY: "9093" })).admin).toEqual({ host: "127.0.0.1", port: 9093 });
    const everywhere = { CHARTER_ADMIN_PORT_BUY: "0", CHARTER_ADMIN_HOST: "0.0.0.0" };
    expect((await read(everywhere)).admin).toEqual({ host: "0.0.0.0", port: 0 });
  });

  it("records where there is a collector, until it is shut down", async () => {
    const { tracer, shutdown } = await read({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" });
    expect(tracer?.begin("x", "server", {})?.traceparent).toMatch(/-01$/);
    await shutdown();
  });

  it("refuses a port that is none, by name", async () => {
    await expect(read({ CHARTER_ADMIN_PORT_BUY: "high" })).rejects.toThrow("CHARTER_ADMIN_PORT_BUY");
  });
});
