import { readFileSync } from "node:fs";
import { type DescService, toJsonString } from "@bufbuild/protobuf";
import { type OtlpReceiver, startOtlpReceiver } from "@charter/testing";
import { Code, type ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CartService } from "@shop/contract/shop/buy/v1/cart_service_pb.js";
import { CatalogService } from "@shop/contract/shop/buy/v1/catalog_service_pb.js";
import { OrderService } from "@shop/contract/shop/buy/v1/order_service_pb.js";
import { StorefrontService } from "@shop/contract/shop/buy/v1/storefront_service_pb.js";
import { DeliveryService } from "@shop/contract/shop/delivery/v1/delivery_service_pb.js";
import { DiscountService } from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { serviceNames } from "./launch/services.js";
import { canaryFor, type Filling, requestWithCanaries, turnsOf } from "./testing/canaries.js";
import { redactedFields, redactedWithin } from "./testing/redacted-fields.js";
import { advertised, loggedIn, ordered, registered, STORY, shipped } from "./testing/secret-story.js";
import { startTestStack, type TestStack } from "./testing/test-stack.js";
import { type Caller, WatchedCalls } from "./testing/watched-calls.js";

const services: readonly DescService[] = [
  UserService,
  DiscountService,
  CatalogService,
  CartService,
  OrderService,
  StorefrontService,
  DeliveryService,
];
const methods = services.flatMap((service) => service.methods);
const fillings: readonly Filling[] = ["secrets", "all"];

let collector: OtlpReceiver;
let test: TestStack;
let calls: WatchedCalls;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
  test = await startTestStack({ logLevel: "trace" });
  calls = new WatchedCalls(test);
}, 120_000);
afterAll(async () => {
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  calls.close();
  await test.stop();
  await collector.stop();
});

/** Calls every method with canaries, in the name of everybody. */
async function callAll(callers: readonly Caller[]): Promise<void> {
  for (const method of methods) {
    const turns = Array.from({ length: turnsOf(method.input) }, (_, turn) => turn);
    const requests = fillings.flatMap((filling) =>
      turns.map((turn) => requestWithCanaries(method.input, filling, turn)),
    );
    for (const request of requests)
      await Promise.all(callers.map((caller) => calls.send(caller, method, request)));
  }
}

/** Posts JSON whose secrets stand where something else should; answers what was said of it. */
async function postNonsense({ headers }: Caller): Promise<string[]> {
  const answers: string[] = [];
  for (const { methodKind, input, parent, name } of methods) {
    if (methodKind !== "unary" || redactedWithin(input).length === 0) continue;
    const service = serviceNames.find((it) => parent.typeName.startsWith(`shop.${it}.`)) ?? "buy";
    const answer = await fetch(`${test.urls[service]}/${parent.typeName}/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: toJsonString(input, requestWithCanaries(input, "secrets", 0)).replace(
        /"QZ[^"]*"/g,
        (canary) => `{"value":${canary},${canary}:1}`,
      ),
    });
    answers.push(`${answer.status} ${await answer.text()}`);
  }
  return answers;
}

/** All that a caller can read in an error. */
function textsOf({ message, metadata, details }: ConnectError): string[] {
  const read = details.map((detail) =>
    "value" in detail && detail.value instanceof Uint8Array
      ? Buffer.from(detail.value).toString("latin1")
      : JSON.stringify(detail),
  );
  return [message, JSON.stringify([...metadata]), ...read];
}

/** Plays the story and the canaries; answers all that was shown of it anywhere. */
async function played(): Promise<{ shown: string[]; logs: string[]; nonsense: string[] }> {
  const nobody = await calls.caller();
  const shopper = await registered(calls, nobody);
  const operator = await loggedIn(calls, nobody, test.stack.file.operator);
  await advertised(calls, operator);
  const shop = test.connect();
  shop.actAs(shopper.headers.authorization?.slice("Bearer ".length) ?? "");
  await ordered(calls, shopper, shop);
  await shipped(calls, operator);
  await callAll([nobody, shopper, operator, await calls.caller("buy")]);
  const nonsense = [...(await postNonsense(shopper)), ...(await postNonsense(operator))];
  const scraped = serviceNames.map(async (name) => (await fetch(`${test.urls[name]}/metrics`)).text());
  const metrics = await Promise.all(scraped);
  // Whoever ends sends the traces that are left.
  await test.stack.stop();
  const logs = serviceNames.map((name) => readFileSync(`${test.folders.logs}/${name}.log`, "utf8"));
  const traces = collector.bodies.map((body) => body.toString("latin1"));
  const errors = [...calls.failures.flatMap(textsOf), ...nonsense];
  return {
    shown: [...errors, ...metrics, ...logs.flatMap((log) => log.split("\n")), ...traces],
    logs,
    nonsense,
  };
}

describe("what the contracts of the four services say must not be shown", () => {
  it("stands in no log line, trace, metric or error, whoever sends or gets it", async () => {
    const { shown, logs, nonsense } = await played();

    const canaries = [...redactedFields(services)].map((field) => canaryFor(field).toLowerCase());
    const hidden = [...new Set([...canaries, STORY, "cb21rx", ...calls.secrets])];
    const showing = shown.filter((text) => hidden.some((it) => text.toLowerCase().includes(it)));
    expect(showing).toEqual([]);

    // Every redacted field was there, but for those that only methods have which are not built.
    const reachable = methods
      .filter((method) => !calls.unimplemented.has(method))
      .flatMap(({ input, output }) => [...redactedWithin(input), ...redactedWithin(output)]);
    expect([...new Set(reachable)].filter((field) => !calls.covered.has(field))).toEqual([]);

    // Every way on which something could be shown was taken.
    const codes = new Set(calls.failures.map(({ code }) => code));
    const { InvalidArgument, NotFound, PermissionDenied, Unauthenticated, FailedPrecondition } = Code;
    for (const code of [InvalidArgument, NotFound, PermissionDenied, Unauthenticated, FailedPrecondition])
      expect(codes).toContain(code);
    expect(nonsense.filter((answer) => answer.startsWith("400"))).not.toHaveLength(0);
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(serviceNames));
    expect(logs.map((log) => log.includes('"msg":"call"'))).toEqual(serviceNames.map(() => true));
  }, 120_000);
});
