import { describe, expect, it } from "@jest/globals";
import { MethodMetrics } from "./method-metrics.js";
import { prometheusText } from "./prometheus-text.js";
import { noTraffic } from "./traffic.js";

const name = { service: "test.v1.EchoService", method: "Say" };
const labels = 'service="test.v1.EchoService",method="Say"';
const NOT_FOUND = 5;

describe("MethodMetrics", () => {
  it("shows a method that nobody has called yet", () => {
    const text = prometheusText(new MethodMetrics("server", name).samples());
    expect(text).toContain(`rpc_server_requests_total{${labels},code="ok"} 0\n`);
    expect(text).toContain(`rpc_server_duration_seconds_count{${labels},code="ok"} 0\n`);
    expect(text).not.toContain('code="not_found"');
  });

  it("counts rate, errors and duration by code", () => {
    const metrics = new MethodMetrics("server", name);
    for (const [code, ms] of [
      [0, 1],
      [0, 3],
      [NOT_FOUND, 40_000],
    ] as const) {
      metrics.begin();
      metrics.end(code, ms, noTraffic());
    }
    const text = prometheusText(metrics.samples());
    expect(text).toContain(`rpc_server_requests_total{${labels},code="ok"} 2\n`);
    expect(text).toContain(`rpc_server_requests_total{${labels},code="not_found"} 1\n`);
    expect(text).toContain(`rpc_server_duration_seconds_bucket{${labels},code="ok",le="0.001"} 1\n`);
    expect(text).toContain(`rpc_server_duration_seconds_bucket{${labels},code="ok",le="0.004"} 2\n`);
    expect(text).toContain(`rpc_server_duration_seconds_sum{${labels},code="ok"} 0.004\n`);
    expect(text).toContain(`rpc_server_duration_seconds_bucket{${labels},code="not_found",le="32.768"} 0\n`);
    expect(text).toContain(`rpc_server_duration_seconds_bucket{${labels},code="not_found",le="+Inf"} 1\n`);
  });

  it("knows what is in flight", () => {
    const metrics = new MethodMetrics("client", name);
    metrics.begin();
    metrics.begin();
    metrics.end(0, 1, noTraffic());
    expect(prometheusText(metrics.samples())).toContain(`rpc_client_in_flight{${labels}} 1\n`);
  });

  it("adds up messages and bytes each way", () => {
    const metrics = new MethodMetrics("server", name);
    const traffic = { messagesReceived: 1, messagesSent: 100, bytesReceived: 10, bytesSent: 5_000 };
    for (const _ of [1, 2]) {
      metrics.begin();
      metrics.end(0, 1, traffic);
    }
    const text = prometheusText(metrics.samples());
    expect(text).toContain(`rpc_server_messages_total{${labels},direction="received"} 2\n`);
    expect(text).toContain(`rpc_server_messages_total{${labels},direction="sent"} 200\n`);
    expect(text).toContain(`rpc_server_message_bytes_total{${labels},direction="received"} 20\n`);
    expect(text).toContain(`rpc_server_message_bytes_total{${labels},direction="sent"} 10000\n`);
  });

  it("counts a code that is none under unknown, so that no caller can make new series", () => {
    const metrics = new MethodMetrics("server", name);
    for (const code of [17, -1, 1.5, Number.NaN]) {
      metrics.begin();
      metrics.end(code, 1, noTraffic());
    }
    expect(prometheusText(metrics.samples())).toContain(
      `rpc_server_requests_total{${labels},code="unknown"} 4\n`,
    );
  });
});
