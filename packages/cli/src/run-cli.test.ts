import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { runCli } from "./run-cli.js";
import { image } from "./testing/shelf-contract.js";

let folder: string;
let imageFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "charter-cli-"));
  imageFile = join(folder, "image.binpb");
  await writeFile(imageFile, image);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const charter = (...args: string[]) => charterIn(folder, ...args);

async function charterIn(workingFolder: string, ...args: string[]) {
  let out = "";
  let err = "";
  const code = await runCli(args, {
    folder: workingFolder,
    print: (text) => {
      out += text;
    },
    printError: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const explain = (...args: string[]) => charter("explain", "--image", imageFile, ...args);

/** Makes the folder a project. */
async function project(charterField: unknown, modules: Record<string, string> = {}) {
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", charter: charterField }));
  for (const [name, text] of Object.entries(modules)) await writeFile(join(folder, name), text);
}

const greet = `export const command = {
  name: "greet", summary: "greet somebody",
  register(program) {
    program.argument("<name>").action(async (name) => {
      if (name === "nobody") throw new Error("there is nobody");
      globalThis.greeted = name;
    });
  },
};`;

describe("charter explain", () => {
  it("shows every value and where it comes from, as an aligned table", async () => {
    const { code, out } = await explain("PutBook");
    expect(code).toBe(0);
    expect(out.split("\n").slice(0, 3)).toEqual([
      "/test.shelf.v1.ShelfService/PutBook (unary)",
      "",
      "OPTION                      VALUE                 FROM",
    ]);
    const rows = Object.fromEntries(
      out
        .split("\n")
        .slice(3, -1)
        .map((line) => line.split(/ {2,}/))
        .map(([option, ...rest]) => [option, rest]),
    );
    expect(rows).toMatchObject({
      effects: ["idempotent", "method"],
      "deadline.defaultMs": ["300", "method"],
      "deadline.maxMs": ["30000", "default"],
      "payload.maxRequestBytes": ["2048", "file"],
      "payload.maxResponseBytes": ["4194304", "default"],
      "stream.maxMessages": ["none", "default"],
      "rate[0].key": ["subject", "method"],
      "rate[0].burst": ["9", "method"],
      "auth.id": ["staff", "service"],
      "auth.roles": ["operator, owner", "service"],
      "auth.scopes": ["none", "service"],
      "retry.maxAttempts": ["3", "default"],
      "retry.codes": ["UNAVAILABLE, ABORTED", "service"],
      hedge: ["none", "default"],
      fallback: ["none", "default"],
      objective: ["none", "default"],
      criticality: ["default", "default"],
    });
  });

  it.each([
    "/test.shelf.v1.ShelfService/WatchBooks",
    "test.shelf.v1.ShelfService.WatchBooks",
    "ShelfService/WatchBooks",
    "watchbooks",
  ])("takes %s for the procedure it names", async (name) => {
    const { code, out } = await explain(name);
    expect({ code, headline: out.split("\n")[0] }).toEqual({
      code: 0,
      headline: "/test.shelf.v1.ShelfService/WatchBooks (server streaming)",
    });
  });

  it("lists the procedures when none is named", async () => {
    expect((await explain()).out).toBe(
      [
        "/test.shelf.v1.RackService/GetBook",
        "/test.shelf.v1.ShelfService/GetBook",
        "/test.shelf.v1.ShelfService/PutBook",
        "/test.shelf.v1.ShelfService/WatchBooks",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["PutBok", "/test.shelf.v1.ShelfService/PutBook"],
    ["test.shelf.v1.ShelvService/WatchBook", "/test.shelf.v1.ShelfService/WatchBooks"],
  ])("suggests near names for %s", async (name, near) => {
    const { code, err } = await explain(name);
    expect(code).toBe(2);
    expect(err).toMatch(`charter: there is no procedure "${name}"; did you mean:`);
    expect(err).toContain(near);
  });

  it("does not suggest what is far off", async () => {
    const { code, err } = await explain("Frobnicate");
    expect({ code, err }).toEqual({
      code: 2,
      err: 'charter: there is no procedure "Frobnicate"; `charter explain` lists all\n',
    });
  });

  it("asks which of several is meant", async () => {
    const { code, err } = await explain("GetBook");
    expect(code).toBe(2);
    expect(err).toContain('"GetBook" names several procedures:\n  /test.shelf.v1.ShelfService/GetBook');
  });

  it("says what is wrong with a contract", async () => {
    const { code, err } = await explain("RackService/GetBook");
    expect(code).toBe(2);
    expect(err).toContain("auth");
  });

  it("refuses a file that is no image", async () => {
    await writeFile(imageFile, "no image");
    const { code, err } = await explain("PutBook");
    expect(code).toBe(2);
    expect(err).toContain("image.binpb is no descriptor image with imports");
  });

  it("says so when the project names no contracts", async () => {
    const { code, err } = await charter("explain", "PutBook");
    expect(code).toBe(2);
    expect(err).toContain("no contracts are loaded; name them in package.json or by --image");
  });

  it("says so when a pattern matches no contract", async () => {
    await project({ contracts: ["./gen/**/*_pb.js"] });
    const { code, err } = await charter("explain", "PutBook");
    expect(code).toBe(2);
    expect(err).toContain("no contract matches ./gen/**/*_pb.js");
  });

  it("reads the contracts that the project names, from any folder below it", async () => {
    const shelf = createFileRegistry(fromBinary(FileDescriptorSetSchema, image)).getService(
      "test.shelf.v1.ShelfService",
    );
    Object.assign(globalThis, { shelf });
    await project({ contracts: ["./gen/**/*_pb.mjs"] });
    await mkdir(join(folder, "gen", "below"), { recursive: true });
    await writeFile(join(folder, "gen", "below", "shelf_pb.mjs"), "export const Shelf = globalThis.shelf;");
    const { code, out } = await charterIn(join(folder, "gen"), "explain");
    expect({ code, procedures: out.split("\n").length - 1 }).toEqual({ code: 0, procedures: 3 });
  });
});

describe("charter", () => {
  it("lists its commands with a line each", async () => {
    await project({ commands: ["./greet.mjs"] }, { "greet.mjs": greet });
    const { code, out } = await charter("--help");
    expect(code).toBe(0);
    expect(out).toMatch(/explain .*show what holds for a procedure/);
    expect(out).toMatch(/greet .*greet somebody/);
  });

  it("runs a command that the project brings", async () => {
    await project({ commands: ["./greet.mjs"] }, { "greet.mjs": greet });
    expect((await charter("greet", "Ada")).code).toBe(0);
    expect(globalThis).toHaveProperty("greeted", "Ada");
  });

  it("says in one line why a command failed", async () => {
    await project({ commands: ["./greet.mjs"] }, { "greet.mjs": greet });
    await expect(charter("greet", "nobody")).resolves.toEqual({
      code: 1,
      out: "",
      err: "charter: there is nobody\n",
    });
  });

  it.each([["nonsense"], ["greet"], ["greet", "Ada", "--loudly"]])(
    "exits with 2 for: charter %s %s",
    async (...args) => {
      await project({ commands: ["./greet.mjs"] }, { "greet.mjs": greet });
      const { code, err } = await charter(...args);
      expect(code).toBe(2);
      expect(err).toMatch(/^error: /);
    },
  );

  it("stays usable when a command's module is broken", async () => {
    await project(
      { commands: ["./absent.mjs", "./empty.mjs", "./greet.mjs"] },
      { "greet.mjs": greet, "empty.mjs": "" },
    );
    const { code, out, err } = await charter("--help");
    expect({ code, greets: out.includes("greet somebody") }).toEqual({ code: 0, greets: true });
    expect(err).toMatch(/charter: \.\/absent\.mjs cannot be loaded \(is it built\?\): /);
    expect(err).toContain("charter: ./empty.mjs exports no command {name, summary, register}\n");
  });

  it.each([{ commands: "x" }, { contracts: [1] }])(
    "refuses a project that is set up wrongly: %j",
    async (field) => {
      await project(field);
      const { code, err } = await charter("--help");
      expect(code).toBe(2);
      expect(err).toContain('"charter" must be {"commands": [paths], "contracts": [paths]}');
    },
  );
});
