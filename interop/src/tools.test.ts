import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { createServer, implement } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import { whereAvailable } from "@charter/testing";
import { afterAll, it as always, beforeAll, describe, expect } from "@jest/globals";
import { type Browser, chromium } from "playwright-core";
import { browser } from "../../tools/interop/places.mjs";
import { createTestKeys } from "./testing/test-keys.js";

const run = promisify(execFile);
const keys = createTestKeys();
afterAll(() => keys.remove());

const curl = "/usr/bin/curl";
const buf = fileURLToPath(new URL("../../node_modules/.bin/buf", import.meta.url));
const path = `${ShelfService.typeName}/Echo`;
const modes = [
  { wire: "charter", tls: false },
  { wire: "charter", tls: true },
  { wire: "node", tls: false },
  { wire: "node", tls: true },
] as const;

describe.each(modes)("the server on the wire $wire, TLS: $tls", ({ wire, tls }) => {
  const server = createServer({
    name: "shelf",
    implementations: [
      implement(ShelfService, {
        echo: async ({ text, quantity }) => ({ text, quantity }),
        async *listItems({ count }) {
          for (let index = 0; index < count; index += 1) yield { index };
        },
      }),
    ],
    verifier: { verify: async () => ({ kind: "anonymous" }) },
    log: createLogger({ service: "shelf", level: "silent" }),
    wire,
    ...(tls && { tls: { cert: keys.cert, key: keys.key } }),
  });
  let url: string;
  beforeAll(async () => {
    ({ url } = await server.listen({ host: "127.0.0.1", port: 0 }));
  });
  afterAll(() => server.drain({ graceMs: 0 }));

  const withCurl = whereAvailable(existsSync(curl), `no ${curl}`);
  const versions = tls ? ["--http1.1", "--http2"] : ["--http1.1", "--http2-prior-knowledge"];
  for (const version of versions) {
    withCurl(`answers curl ${version}`, async () => {
      const trust = tls ? ["--cacert", keys.files.ca] : [];
      const header = ["-H", "content-type: application/json", "-w", "\n%{http_version} %{http_code}"];
      const args = ["-sS", version, ...trust, ...header, "-d", '{"text":"hello"}', `${url}/${path}`];
      const { stdout } = await run(curl, args);
      expect(stdout).toBe(`{"text":"hello"}\n${version === "--http1.1" ? "1.1" : "2"} 200`);
    });
  }

  for (const protocol of ["grpc", "grpcweb", "connect"]) {
    always(`answers buf curl over ${protocol}, which asks for the schema by reflection`, async () => {
      const way = tls ? ["--cacert", keys.files.ca] : ["--http2-prior-knowledge"];
      const args = ["curl", "--protocol", protocol, ...way, "--data", '{"text":"hello","quantity":7}'];
      const { stdout } = await run(buf, [...args, `${url}/${path}`]);
      expect(JSON.parse(stdout)).toEqual({ text: "hello", quantity: 7 });
    });
  }

  if (!tls) return;
  const executablePath = browser();
  const inBrowser = whereAvailable(executablePath !== undefined, "no Chromium; see interop/README.md");
  describe("in Chromium", () => {
    let chrome: Browser;
    beforeAll(async () => {
      if (executablePath) chrome = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    });
    afterAll(() => chrome?.close());

    inBrowser("answers fetch over HTTP/2: Connect, a stream of gRPC-Web, and an error", async () => {
      const page = await chrome.newPage({ ignoreHTTPSErrors: true });
      await page.goto(`${url}/livez`);
      expect(await page.evaluate(callFromPage)).toEqual({
        version: "h2",
        unary: { text: "hello" },
        refused: [400, "invalid_argument"],
        // Three messages of index 0, 1 and 2, then the trailers.
        stream: [
          [0, ""],
          [0, "0801"],
          [0, "0802"],
          [128, "grpc-status: 0"],
        ],
      });
    });
  });
});

/** Runs in the browser, so it knows nothing but what it says itself. */
async function callFromPage() {
  const service = "/charter.testing.v1.ShelfService";
  const post = (method: string, type: string, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(`${service}/${method}`, { method: "POST", headers: { "content-type": type }, body });
  const unary = await (await post("Echo", "application/json", '{"text":"hello"}')).json();
  const failed = await post("Echo", "application/json", '{"quantity":-1}');
  const request = new Uint8Array([0, 0, 0, 0, 2, 8, 3]);
  const answer = await post("ListItems", "application/grpc-web+proto", request);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const stream: [number, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = new DataView(bytes.buffer).getUint32(at + 1);
    const frame = bytes.slice(at + 5, at + 5 + length);
    const hex = Array.from(frame, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const status = /grpc-status: ?\d+/.exec(new TextDecoder().decode(frame))?.[0].replace(/: ?/, ": ");
    stream.push([bytes[at] ?? 0, status ?? hex]);
    at += 5 + length;
  }
  const [entry] = performance.getEntriesByType("resource");
  const version = (entry as unknown as { nextHopProtocol: string }).nextHopProtocol;
  return {
    version,
    unary,
    refused: [failed.status, ((await failed.json()) as { code: string }).code],
    stream,
  };
}
