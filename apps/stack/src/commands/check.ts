import type { CharterCommand } from "@charter/cli";
import { checkInvariants, showFindings } from "../invariants/check.js";
import { settled } from "../invariants/settled.js";
import { openFolders } from "../launch/folders.js";
import { runningStack } from "../launch/stack-file.js";
import { openTerminal } from "../terminal.js";

/** `charter check`: the invariants I1–I6 of the running shop. */
export const command: CharterCommand = {
  name: "check",
  summary: "check the invariants I1–I6 of the running shop as SQL; exit 1 when one is broken",
  register: (program) => program.action(checkShop),
};

async function checkShop(): Promise<void> {
  const { databases } = runningStack(openFolders().stackFile);
  await settled(databases);
  if (!showFindings(openTerminal(process.stdout), await checkInvariants(databases))) process.exitCode = 1;
}
