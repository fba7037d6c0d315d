import { create, createFileRegistry, fromBinary, getOption, type MessageInitShape } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  EchoRequestSchema,
  ListItemsRequestSchema,
  PutItemRequestSchema,
  ShelfService,
} from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { method as methodOption } from "@charter/contract/charter/v1/options_pb.js";
import { BadRequestSchema } from "@charter/contract/google/rpc/error_details_pb.js";
import { StatusSchema } from "@charter/contract/google/rpc/status_pb.js";
import {
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as Serving,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import {
  ServerReflection,
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
} from "@charter/contract/grpc/reflection/v1/reflection_pb.js";
import {
  ServerReflection as ServerReflectionAlpha,
  ServerReflectionRequestSchema as ServerReflectionRequestAlphaSchema,
} from "@charter/contract/grpc/reflection/v1alpha/reflection_pb.js";
import { Client, credentials, type Metadata, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { collect } from "../testing/collect.js";
import { callStream, callUnary } from "../testing/grpc-js.js";
import { type StartedShelf, startShelf } from "../testing/start-shelf.js";
import { wires } from "../testing/wires.js";

describe.each(wires)("on the wire %s", (wire) => {
  let shelf: StartedShelf;
  let client: Client;
  beforeAll(async () => {
    shelf = await startShelf({ wire });
    client = new Client(`127.0.0.1:${shelf.port}`, credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await shelf.stop();
  });

  const { echo, listItems, putItem, whoAmI } = ShelfService.method;

  describe("grpc-js as a client", () => {
    it("calls, with and without compression", async () => {
      const text = "shelf ".repeat(5_000);
      await expect(callUnary(client, echo, create(EchoRequestSchema, { text }))).resolves.toMatchObject({
        text,
      });
    });

    it("reads a stream", async () => {
      const answers = callStream(client, listItems, [create(ListItemsRequestSchema, { count: 3 })]);
      expect(await collect(answers)).toHaveLength(3);
    });

    it("is told who it is", async () => {
      const header = { authorization: "Bearer user alice" };
      await expect(callUnary(client, whoAmI, create(whoAmI.input), header)).resolves.toMatchObject({
        subject: "alice",
      });
    });

    it("reads a refusal with its details", async () => {
      const header = { authorization: "Bearer user alice" };
      const refused = callUnary(client, putItem, create(PutItemRequestSchema), header);
      const error = await refused.then(
        () => undefined,
        (it: { code: number; metadata: Metadata }) => it,
      );
      expect(error?.code).toBe(status.INVALID_ARGUMENT);
      const [bytes] = error?.metadata.get("grpc-status-details-bin") ?? [];
      const { details } = fromBinary(StatusSchema, Buffer.from(bytes ?? ""));
      const badRequest = details.find((it) => it.typeUrl.endsWith(BadRequestSchema.typeName));
      const violations = fromBinary(BadRequestSchema, badRequest?.value ?? Buffer.alloc(0)).fieldViolations;
      expect(violations.map((it) => it.field)).toEqual(["shelf", "items", "idempotency_key"]);
    });
  });

  describe("health", () => {
    const check = (service: string) =>
      callUnary(client, Health.method.check, create(HealthCheckRequestSchema, { service }));

    it.each(["", ShelfService.typeName])("of %j is SERVING", async (service) => {
      await expect(check(service)).resolves.toMatchObject({ status: Serving.SERVING });
    });

    it("of a service that is not there is NOT_FOUND", async () => {
      await expect(check("no.such.Service")).rejects.toMatchObject({ code: status.NOT_FOUND });
    });

    it("lists what there is", async () => {
      const answer = await callUnary(client, Health.method.list, create(Health.method.list.input));
      expect(Object.keys((answer as { statuses?: object }).statuses ?? {})).toEqual([
        "",
        ShelfService.typeName,
      ]);
    });
  });

  describe("reflection", () => {
    type Question = MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"];

    async function ask(
      ...questions: NonNullable<Question>[]
    ): Promise<ServerReflectionResponse["messageResponse"][]> {
      const requests = questions.map((messageRequest) =>
        create(ServerReflectionRequestSchema, { messageRequest }),
      );
      const answers = await collect(
        callStream(client, ServerReflection.method.serverReflectionInfo, requests),
      );
      return answers.map((it) => (it as ServerReflectionResponse).messageResponse);
    }

    it("names the services", async () => {
      const [answer] = await ask({ case: "listServices", value: "" });
      expect(answer).toMatchObject({
        case: "listServicesResponse",
        value: {
          service: [
            { name: "charter.testing.v1.ShelfService" },
            { name: "grpc.health.v1.Health" },
            { name: "grpc.reflection.v1.ServerReflection" },
            { name: "grpc.reflection.v1alpha.ServerReflection" },
          ],
        },
      });
    });

    it.each([
      "charter.testing.v1.ShelfService",
      "charter.testing.v1.ShelfService.Echo",
      "charter.testing.v1.EchoRequest.text",
    ])("gives all files needed for %s, options included", async (value) => {
      const [answer] = await ask({ case: "fileContainingSymbol", value });
      const bytes = answer?.case === "fileDescriptorResponse" ? answer.value.fileDescriptorProto : [];
      const file = bytes.map((it) => fromBinary(FileDescriptorProtoSchema, it));
      const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: file.reverse() }));
      const method = registry.getService("charter.testing.v1.ShelfService")?.method.echo;
      expect(method && getOption(method, methodOption).auth?.kind).toEqual({ case: "public", value: true });
    });

    it("finds files by name, extensions by number, and says what it does not know", async () => {
      const answers = await ask(
        { case: "fileByFilename", value: "charter/v1/options.proto" },
        {
          case: "fileContainingExtension",
          value: { containingType: "google.protobuf.MethodOptions", extensionNumber: 51200 },
        },
        { case: "allExtensionNumbersOfType", value: "google.protobuf.MethodOptions" },
        { case: "fileContainingSymbol", value: "no.such.Thing" },
        { case: "fileByFilename", value: "no/such.proto" },
      );
      expect(answers.map((it) => it.case)).toEqual([
        "fileDescriptorResponse",
        "fileDescriptorResponse",
        "allExtensionNumbersResponse",
        "errorResponse",
        "errorResponse",
      ]);
      expect(answers[2]?.value).toMatchObject({ extensionNumber: [51200] });
    });

    it("speaks the older version too", async () => {
      const request = create(ServerReflectionRequestAlphaSchema, {
        messageRequest: { case: "listServices", value: "" },
      });
      const answers = await collect(
        callStream(client, ServerReflectionAlpha.method.serverReflectionInfo, [request]),
      );
      expect(answers).toMatchObject([{ messageResponse: { case: "listServicesResponse" } }]);
    });
  });
});
