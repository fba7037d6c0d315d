import { CelScalar, celEnv, isCelError, mapType, objectType, parse, plan } from "@bufbuild/cel";
import { create, createRegistry, type DescMethod, type Message } from "@bufbuild/protobuf";
import { anonymous, type Principal } from "@charter/identity";
import { leadsToField, namesIn } from "./expression-names.js";

/** A compiled `auth.rule.cel`. */
export interface CelRule {
  /** Whether it looks at the request, so that what it refuses is an object and not a caller. */
  readonly readsRequest: boolean;
  /** Whether it lets the caller pass. An expression that fails does not. */
  admits(principal: Principal, request: Message): boolean;
}

const VARIABLES = new Set(["request", "principal"]);

/**
 * Compiles an expression over `request`, the decoded message, and `principal`, a map of texts and lists of texts: `kind` ("user" or
 * "service"), `subject`, `roles`, `scopes` and `service`, where what a kind does not have is empty.
 *
 * @throws Error saying what is wrong with it: its syntax, a name that there is not, or that it gives no boolean for an empty request
 */
export function compileCel(expression: string, { input }: DescMethod): CelRule {
  const parsed = parse(expression);
  const { free, requestPaths } = namesIn(parsed);
  const unknown = [...free].find((name) => !VARIABLES.has(name));
  if (unknown !== undefined) throw new Error(`there is no "${unknown}", only "request" and "principal"`);
  const missing = requestPaths.find((path) => !leadsToField(input, path));
  if (missing) throw new Error(`${input.typeName} has no field "${missing.join(".")}"`);
  const variables = {
    request: objectType(input),
    principal: mapType(CelScalar.STRING, CelScalar.DYN),
  };
  const evaluate = plan(celEnv({ variables, registry: createRegistry(input) }), parsed);
  const judge = (principal: Principal, request: Message) =>
    evaluate({ request, principal: facts(principal) });
  const trial = judge(anonymous, create(input));
  if (isCelError(trial)) throw new Error(`it fails for an empty request: ${trial.message}`);
  if (typeof trial !== "boolean") throw new Error("it gives something else than true or false");
  return {
    readsRequest: free.has("request"),
    admits: (principal, request) => judge(principal, request) === true,
  };
}

function facts(principal: Principal): Map<string, string | string[]> {
  const user = principal.kind === "user" ? principal : undefined;
  return new Map<string, string | string[]>([
    ["kind", principal.kind],
    ["subject", user?.subject ?? ""],
    ["roles", [...(user?.roles ?? [])]],
    ["scopes", [...(user?.scopes ?? [])]],
    ["service", principal.kind === "service" ? principal.service : ""],
  ]);
}
