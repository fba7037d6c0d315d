import { parseArgs } from "node:util";

const QUICK = { rounds: 2, seconds: 1 };
const FULL = { rounds: 5, seconds: 3 };

export const usage = `usage: pnpm bench [options]

  --workloads <names>  only these, separated by commas (see --list)
  --peers <names>      Charter beside these peers only, separated by commas
  --rounds <n>         rounds of all contenders in turn; default ${FULL.rounds}
  --seconds <n>        how long one measurement takes after its warm-up; default ${FULL.seconds}
  --quick              ${QUICK.rounds} rounds of ${QUICK.seconds} s: whether all works, not how fast it is
  --out <folder>       where RESULTS.md and results/*.svg go; default bench/ for a whole run, .charter/bench/ for any other
  --profile <folder>   leaves a CPU profile of every Node process that is measured
  --list               names the workloads and their peers
  --help

The exit code is 1 when a call failed or was refused, for then the figures are worth nothing; else it is 0, also where a target was
missed or a tool was missing, which the results say.
`;

/** What the command line asks for. Throws with what is wrong with it. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      workloads: { type: "string" },
      peers: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      out: { type: "string" },
      profile: { type: "string" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const usual = values.quick ? QUICK : FULL;
  const whole = !values.workloads && !values.peers && !values.quick && !values.rounds && !values.seconds;
  return {
    ...values,
    workloads: values.workloads?.split(","),
    peers: values.peers?.split(","),
    rounds: positive("rounds", values.rounds, usual.rounds),
    seconds: positive("seconds", values.seconds, usual.seconds),
    out: values.out ?? (whole ? "bench" : ".charter/bench"),
  };
}

function positive(name, given, usual) {
  const value = given === undefined ? usual : Number(given);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1`);
  return value;
}
