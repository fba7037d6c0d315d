import type { Invariant } from "@charter/postgres";
import type pg from "pg";
import { type PerService, type ServiceName, serviceNames } from "../launch/services.js";
import { green, pad, red, type Terminal } from "../terminal.js";
import { invariantsByService } from "./all-invariants.js";
import { crossChecks } from "./cross-checks.js";
import { withDatabases } from "./database-clients.js";
import type { Finding } from "./finding.js";
import { invariantTitles } from "./titles.js";

/** Rows shown of what breaks one invariant. */
const MAX_ROWS_SHOWN = 5;

/** Runs every invariant as SQL against the databases of a shop at rest. */
export function checkInvariants(databases: PerService<string>): Promise<Finding[]> {
  return withDatabases(databases, async (clients) => {
    const findings: Finding[] = [];
    for (const service of serviceNames) {
      for (const invariant of invariantsByService[service] ?? [])
        findings.push(await check(clients[service], service, invariant));
    }
    return [...findings, ...(await crossChecks(clients))];
  });
}

/** Prints one line for each of I1–I6, and what breaks it. Answers whether all hold. */
export function showFindings(terminal: Terminal, findings: readonly Finding[]): boolean {
  for (const [id, title] of Object.entries(invariantTitles)) {
    const own = findings.filter((finding) => finding.invariant.id === id);
    const broken = own.filter((finding) => finding.violations.length > 0);
    const mark = broken.length === 0 && own.length > 0 ? green("holds ") : red("BROKEN");
    terminal.line(`  ${pad(id, 4)}${mark}  ${title} (${own.length} checks)`);
    for (const { service, invariant, violations } of broken) {
      terminal.line(`        ${service}: ${invariant.title}`);
      for (const row of violations)
        terminal.line(
          `          ${JSON.stringify(row, (_key, value) => (typeof value === "bigint" ? `${value}` : value))}`,
        );
    }
  }
  return (
    Object.keys(invariantTitles).every((id) => findings.some((finding) => finding.invariant.id === id)) &&
    findings.every(({ violations }) => violations.length === 0)
  );
}

async function check(client: pg.Client, service: ServiceName, invariant: Invariant): Promise<Finding> {
  const { rows } = await client.query(
    `select * from (${invariant.sql}) as violation limit ${MAX_ROWS_SHOWN}`,
  );
  return { invariant, service, violations: rows };
}
