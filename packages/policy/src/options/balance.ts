import { type Balance, Balance_Policy as Kind } from "@charter/contract/charter/v1/options_pb.js";
import type { Compilation } from "../compilation.js";
import { resolveFieldPath } from "../field-path.js";
import type { BalancePolicy } from "../method-policy.js";

export function compileBalance(work: Compilation): BalancePolicy {
  const said = (it: Balance | undefined) => (it && it.policy !== Kind.UNSPECIFIED ? it : undefined);
  const declared = work.find("balance", (it) => said(it.balance));
  if (declared?.policy === Kind.HASH) return compileHash(work, declared.hashField);
  work.require(!declared?.hashField, "balance.hash_field", "is only for POLICY_HASH");
  if (!declared) work.provenance.balance = "default";
  return { kind: declared?.policy === Kind.ROUND_ROBIN ? "round_robin" : "p2c_ewma" };
}

function compileHash(work: Compilation, hashField: string): BalancePolicy {
  work.require(
    resolveFieldPath(work.method.input, hashField) !== undefined,
    "balance.hash_field",
    `"${hashField}" names no string field of ${work.method.input.typeName}`,
  );
  return { kind: "hash", hashField };
}
