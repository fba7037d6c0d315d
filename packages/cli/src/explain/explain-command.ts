import type { DescMethod } from "@bufbuild/protobuf";
import { compileMethod, PolicyError } from "@charter/policy";
import type { Command } from "commander";
import { methodsOfImage, methodsOfProject } from "../load-contracts.js";
import type { Project } from "../project.js";
import { UsageError } from "../usage-error.js";
import { findMethod, procedureOf } from "./find-method.js";
import { formatTable } from "./format-table.js";
import { policyRows } from "./policy-rows.js";

const HELP = `
A procedure may be given as "/shop.buy.v1.OrderService/PlaceOrder", or as any end of that: "OrderService/PlaceOrder", "PlaceOrder".

FROM says who set a value:
  method   the method itself
  service  its service
  file     the .proto file
  default  nobody: the built-in default holds
`;

/** Adds `charter explain`: what holds for a procedure, and where each value comes from. */
export function addExplainCommand(program: Command, project: Project, print: (text: string) => void): void {
  program
    .command("explain")
    .summary("show what holds for a procedure and where each value comes from")
    .description(
      "Shows every value of a procedure's policy and where it comes from; without a procedure, lists them.",
    )
    .argument("[procedure]", "the procedure to explain")
    .option("--image <file>", "read the contract from a descriptor image (buf build -o image.binpb)")
    .addHelpText("after", HELP)
    .action(async (name: string | undefined, { image }: { image?: string }) => {
      const methods = image === undefined ? await methodsOfProject(project) : await methodsOfImage(image);
      print(name === undefined ? listOf(methods) : explanationOf(findMethod(methods, name)));
    });
}

function listOf(methods: readonly DescMethod[]): string {
  return methods
    .map(procedureOf)
    .toSorted()
    .map((procedure) => `${procedure}\n`)
    .join("");
}

function explanationOf(method: DescMethod): string {
  const policy = compiled(method);
  const rows = policyRows(policy).map(({ option, value, from }) => [option, value, from]);
  return `${policy.procedure} (${policy.kind.replaceAll("_", " ")})\n\n${formatTable(["OPTION", "VALUE", "FROM"], rows)}`;
}

function compiled(method: DescMethod) {
  try {
    return compileMethod(method);
  } catch (error) {
    if (error instanceof PolicyError) throw new UsageError(error.message);
    throw error;
  }
}
