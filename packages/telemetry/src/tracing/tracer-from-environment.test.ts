import { startOtlpReceiver } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import { createLogger } from "../logger.js";
import { tracerFromEnvironment } from "./tracer-from-environment.js";

const log = createLogger({ service: "buy", level: "silent" });
const tracerOf = (environment: Record<string, string>) =>
  tracerFromEnvironment(environment, { service: "buy", log });

describe("tracerFromEnvironment", () => {
  it("records nothing without a collector", async () => {
    expect(await tracerOf({})).toBeUndefined();
    expect(await tracerOf({ CHARTER_TRACE_RATIO: "1" })).toBeUndefined();
  });

  it.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", ""],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "/"],
    ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces"],
  ])("sends to %s with %j after it", async (variable, path) => {
    const receiver = await startOtlpReceiver();
    const tracer = await tracerOf({ [variable]: receiver.url + path });
    tracer?.begin("x", "server", {})?.end();
    await tracer?.shutdown();
    expect(receiver.spans).toMatchObject([{ service: "buy", name: "x" }]);
    await receiver.stop();
  });

  it("takes the ratio", async () => {
    const tracer = await tracerOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      CHARTER_TRACE_RATIO: "0",
    });
    expect(tracer?.begin("x", "server", {})).toBeUndefined();
    await tracer?.shutdown();
  });

  it.each([
    [{ CHARTER_TRACE_RATIO: "2" }, "CHARTER_TRACE_RATIO"],
    [{ CHARTER_TRACE_RATIO: "half" }, "CHARTER_TRACE_RATIO"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector" }, "OTEL_EXPORTER_OTLP_ENDPOINT"],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "ftp://x" }, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"],
  ])("refuses %j by name", async (environment, variable) => {
    await expect(tracerOf(environment as Record<string, string>)).rejects.toThrow(variable);
  });
});
