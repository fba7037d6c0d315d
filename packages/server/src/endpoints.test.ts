import { create, createFileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { PolicyError } from "@charter/policy";
import { afterEach, describe, expect, it } from "@jest/globals";
import { implement } from "./index.js";
import { shelfImplementation } from "./testing/shelf-implementation.js";
import { type StartedShelf, startShelf } from "./testing/start-shelf.js";

/** A service with one method that no auth covers. */
function unguardedService() {
  const method = [{ name: "Get", inputType: ".test.v1.Thing", outputType: ".test.v1.Thing" }];
  const file = create(FileDescriptorProtoSchema, {
    name: "test/v1/things.proto",
    package: "test.v1",
    syntax: "proto3",
    messageType: [{ name: "Thing" }],
    service: [{ name: "Things", method }],
  });
  const service = createFileRegistry(file, () => undefined).getService("test.v1.Things");
  if (!service) throw new TypeError("the test's own descriptor is not sound");
  return service;
}

let shelf: StartedShelf | undefined;
afterEach(() => shelf?.stop());

describe("a server", () => {
  it("does not start with a method that no auth covers", async () => {
    const implementations = [implement(unguardedService(), {})];
    await expect(startShelf({ implementations })).rejects.toThrow(PolicyError);
    await expect(startShelf({ implementations })).rejects.toThrow("/test.v1.Things/Get: auth: is missing");
  });

  it("does not start with a service implemented twice", async () => {
    const implementations = [shelfImplementation(), shelfImplementation()];
    await expect(startShelf({ implementations })).rejects.toThrow("implemented twice");
  });

  it("says when it starts what it serves, what is not built, and what is declared and not kept", async () => {
    shelf = await startShelf();
    expect(shelf.lines).toMatchObject([
      { msg: "serving", url: shelf.url, unimplemented: ["/charter.testing.v1.ShelfService/Unbuilt"] },
      { msg: "declared in the contract but not enforced yet", options: { idempotency: 1 } },
    ]);
  });
});

describe("implement", () => {
  it("refuses a handler that is no method", () => {
    const handlers = { ehco: async () => ({}) } as object;
    expect(() => implement(ShelfService, handlers)).toThrow(
      "charter.testing.v1.ShelfService has no method ehco",
    );
  });
});
