import { prometheusText } from "@charter/telemetry";
import { describe, expect, it } from "@jest/globals";
import type { ChannelSnapshot, EndpointSnapshot } from "../snapshot.js";
import { channelSamples } from "./channel-samples.js";

const endpoint: EndpointSnapshot = {
  address: "http://127.0.0.1:8082",
  connection: "ready",
  connections: 1,
  streams: 4,
  health: "healthy",
  ejected: false,
  inFlight: 3,
  latencyMs: 12,
  breakers: { "/test.v1.EchoService/Say": "open", "/test.v1.EchoService/Count": "closed" },
};

const snapshot: ChannelSnapshot = {
  callees: [
    {
      name: "discount",
      endpoints: [
        endpoint,
        {
          ...endpoint,
          address: "http://127.0.0.1:9082",
          connection: "down",
          health: "unknown",
          ejected: true,
        },
      ],
      budgets: { retries: 12.5, hedges: 2 },
      throttling: { sheddable: 0.25 },
      counters: {
        calls: 1,
        attempts: 2,
        retries: 3,
        hedges: 4,
        retriesDenied: 5,
        throttled: 6,
        broken: 7,
        fallbacks: 8,
        failures: 9,
      },
    },
  ],
  staleAnswers: 17,
};

describe("channelSamples", () => {
  const text = prometheusText(channelSamples(snapshot));

  it.each([
    'rpc_client_attempts_total{callee="discount"} 2',
    'rpc_client_retries_total{callee="discount"} 3',
    'rpc_client_hedges_total{callee="discount"} 4',
    'rpc_client_retries_denied_total{callee="discount"} 5',
    'rpc_client_throttled_total{callee="discount"} 6',
    'rpc_client_breaker_refused_total{callee="discount"} 7',
    'rpc_client_fallbacks_total{callee="discount"} 8',
    'rpc_client_retry_budget{callee="discount"} 12.5',
    'rpc_client_throttle_ratio{callee="discount",criticality="sheddable"} 0.25',
    'rpc_client_endpoint_ready{callee="discount",endpoint="http://127.0.0.1:8082"} 1',
    'rpc_client_endpoint_ready{callee="discount",endpoint="http://127.0.0.1:9082"} 0',
    'rpc_client_endpoint_ejected{callee="discount",endpoint="http://127.0.0.1:9082"} 1',
    'rpc_client_endpoint_healthy{callee="discount",endpoint="http://127.0.0.1:8082"} 1',
    'rpc_client_endpoint_latency_seconds{callee="discount",endpoint="http://127.0.0.1:8082"} 0.012',
    'rpc_client_breaker_state{callee="discount",endpoint="http://127.0.0.1:8082",service="test.v1.EchoService",method="Say"} 2',
    'rpc_client_breaker_state{callee="discount",endpoint="http://127.0.0.1:8082",service="test.v1.EchoService",method="Count"} 0',
    "rpc_client_stale_answers 17",
  ])("writes %s", (line) => {
    expect(text).toContain(`${line}\n`);
  });

  it("says nothing of the health of an endpoint that does not tell", () => {
    expect(text).not.toContain(
      'rpc_client_endpoint_healthy{callee="discount",endpoint="http://127.0.0.1:9082"}',
    );
  });
});
