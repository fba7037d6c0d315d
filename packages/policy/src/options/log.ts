import { Log_Level as Level } from "@charter/contract/charter/v1/options_pb.js";
import type { Compilation } from "../compilation.js";
import type { LogPolicy } from "../method-policy.js";

const NAMES: Record<Level, LogPolicy["level"]> = {
  [Level.UNSPECIFIED]: "info",
  [Level.DEBUG]: "debug",
  [Level.INFO]: "info",
  [Level.NONE]: "none",
};

export function compileLog(work: Compilation): LogPolicy {
  const level = NAMES[work.pick("log.level", (it) => it.log?.level || undefined, Level.INFO)];
  const sample = work.pick("log.sample", (it) => it.log?.sample, 1);
  work.require(sample >= 0 && sample <= 1, "log.sample", "must be from 0 to 1");
  return { level, sample };
}
