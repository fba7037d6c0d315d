import { describe, expect, it } from "@jest/globals";
import { parseMetrics } from "./parse-metrics.js";
import { topPage } from "./top-page.js";
import { Window } from "./window.js";

const method = 'service="x.v1.S",method="Say"';
const text = (calls: number, failed: number, seconds: number) => `
process_cpu_seconds_total ${seconds / 2}
process_resident_memory_bytes 52000000
nodejs_eventloop_delay_p99_seconds 0.0031
rpc_server_requests_total{${method},code="ok"} ${calls}
rpc_server_requests_total{${method},code="internal"} ${failed}
rpc_server_duration_seconds_bucket{${method},code="ok",le="0.001"} ${calls}
rpc_server_duration_seconds_bucket{${method},code="ok",le="+Inf"} ${calls}
rpc_server_duration_seconds_bucket{${method},code="internal",le="0.001"} 0
rpc_server_duration_seconds_bucket{${method},code="internal",le="+Inf"} ${failed}
rpc_server_in_flight{${method}} 3
rpc_server_requests_total{service="x.v1.S",method="Idle",code="ok"} 0
`;
const admission = `
rpc_server_concurrency_limit{${method}} 42
rpc_server_queued{${method}} 1
rpc_server_shed_total{${method},criticality="default",cause="limit"} 30
`;
const callee = `
rpc_client_retries_total{callee="discount"} 4
rpc_client_endpoint_ready{callee="discount",endpoint="http://a"} 1
rpc_client_endpoint_healthy{callee="discount",endpoint="http://a"} 1
rpc_client_endpoint_in_flight{callee="discount",endpoint="http://a"} 2
rpc_client_endpoint_latency_seconds{callee="discount",endpoint="http://a"} 0.25
rpc_client_breaker_state{callee="discount",endpoint="http://a",service="y.v1.T",method="Quote"} 2
rpc_client_breaker_state{callee="discount",endpoint="http://a",service="y.v1.T",method="Redeem"} 0
rpc_client_endpoint_ready{callee="discount",endpoint="http://b"} 0
rpc_client_endpoint_ejected{callee="discount",endpoint="http://c"} 1
rpc_client_endpoint_ready{callee="discount",endpoint="http://c"} 1
`;

function windowOf(...scrapes: (string | { problem: string })[]): Window {
  const window = new Window("buy");
  scrapes.forEach((scrape, second) => {
    const series = typeof scrape === "string" ? parseMetrics(scrape) : [];
    const problem = typeof scrape === "string" ? undefined : scrape.problem;
    window.add({ atMs: second * 1_000, series, problem });
  });
  return window;
}

/** A page as cells, for columns are as wide as their content. */
const cells = (window: Window) => topPage([window]).map((line) => line.split(/ {2,}/));

describe("topPage", () => {
  it("shows processes and methods over the last seconds", () => {
    expect(cells(windowOf(text(100, 0, 10), text(190, 10, 11)))).toEqual([
      ["PROCESS", "STATE", "CPU", "MEMORY", "LOOP P99"],
      ["buy", "up", "50 %", "52 MB", "3.1 ms"],
      [""],
      ["PROCESS", "METHOD", "RATE/S", "ERRORS", "P50", "P99", "IN FLIGHT", "LIMIT", "QUEUED", "SHED/S"],
      ["buy", "x.v1.S/Say", "100", "10 %", "0.6 ms", "1.0 ms", "3", "–", "–", "0"],
    ]);
  });

  it("shows limits, queues and what is shed where the process tells", () => {
    const window = windowOf(text(1, 0, 1), text(1, 0, 3) + admission);
    expect(cells(window)[4]).toEqual(["buy", "x.v1.S/Say", "0", "–", "–", "–", "3", "42", "1", "30"]);
  });

  it("shows callees, their endpoints and the breakers that are not closed", () => {
    expect(cells(windowOf(text(1, 0, 1), text(1, 0, 2) + callee)).slice(6)).toEqual([
      [
        "CALLER",
        "CALLEE",
        "ENDPOINT",
        "STATE",
        "BREAKERS",
        "IN FLIGHT",
        "LATENCY",
        "RETRIES/S",
        "HEDGES/S",
        "FALLBACKS/S",
      ],
      ["buy", "discount", "http://a", "ready", "Quote open", "2", "250 ms", "4.0", "0", "0"],
      ["buy", "discount", "http://b", "down", "closed", "0", "0.0 ms", "4.0", "0", "0"],
      ["buy", "discount", "http://c", "ejected", "closed", "0", "0.0 ms", "4.0", "0", "0"],
    ]);
  });

  it("has no rates after one scrape", () => {
    expect(cells(windowOf(text(100, 0, 10)))[4]?.slice(2, 6)).toEqual(["0", "–", "–", "–"]);
  });

  it("begins anew with a process that was started again", () => {
    expect(cells(windowOf(text(100, 0, 10), text(5, 0, 1)))[4]?.[2]).toBe("5.0");
    expect(
      cells(windowOf(text(100, 0, 10), { problem: "nothing listens there" }, text(5, 0, 1)))[4]?.[2],
    ).toBe("0");
  });

  it("says why a process says nothing", () => {
    const page = cells(windowOf(text(100, 0, 10), { problem: "nothing listens there" }));
    expect(page[1]?.slice(0, 2)).toEqual(["buy", "nothing listens there"]);
    expect(page.at(-1)).toEqual(["No method has been called yet."]);
  });

  it("looks back five seconds", () => {
    const scrapes = [0, 1_000, 1_001, 1_002, 1_003, 1_004, 1_005].map((calls) => text(calls, 0, 1));
    expect(cells(windowOf(...scrapes))[4]?.[2]).toBe("1.0");
  });
});
