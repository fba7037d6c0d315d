import type { MapRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { PARTS, type RuleTable } from "./rule.js";

type Entries = Readonly<Record<string, unknown>>;

export const mapRules: RuleTable<MapRules, Entries> = {
  min_pairs: (rules) => {
    const least = Number(rules.minPairs);
    return (entries) => sizeOf(entries) >= least;
  },
  max_pairs: (rules) => {
    const most = Number(rules.maxPairs);
    return (entries) => sizeOf(entries) <= most;
  },
  keys: PARTS,
  values: PARTS,
};

function sizeOf(entries: Entries): number {
  let size = 0;
  for (const _ in entries) size += 1;
  return size;
}
