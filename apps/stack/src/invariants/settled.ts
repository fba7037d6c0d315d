import { setTimeout as pause } from "node:timers/promises";
import type { PerService } from "../launch/services.js";
import { type DatabaseClients, withDatabases } from "./database-clients.js";

const POLL_MS = 100;
const SETTLED_WITHIN_MS = 60_000;

/**
 * Waits until the shop is at rest: every checkout has ended and every event of delivery was applied. Throws when it is not at rest
 * within a minute, saying what goes on. A checkout that is stuck counts as at rest: the invariants report it.
 */
export async function settled(databases: PerService<string>): Promise<void> {
  await withDatabases(databases, async (clients) => {
    const giveUpAtMs = performance.now() + SETTLED_WITHIN_MS;
    let open = await openWork(clients);
    while (open.sagas > 0 || open.events > 0) {
      if (performance.now() > giveUpAtMs) {
        throw new Error(
          `The shop did not come to rest within ${SETTLED_WITHIN_MS / 1000} s: ${open.sagas} checkouts and ${open.events} events are open.`,
        );
      }
      await pause(POLL_MS);
      open = await openWork(clients);
    }
  });
}

async function openWork({ buy, delivery }: DatabaseClients): Promise<{ sagas: number; events: number }> {
  const sagas = await buy.query<{ open: number }>(
    "select count(*)::int as open from charter_saga where outcome is null and not stuck",
  );
  const told = await delivery.query<{ position: string }>(
    "select coalesce(max(position), 0)::text as position from charter_event",
  );
  const applied = await buy.query<{ position: string }>(
    "select coalesce(max(position), 0)::text as position from charter_cursor",
  );
  const position = (rows: { position: string }[]) => Number(rows[0]?.position ?? 0);
  return { sagas: sagas.rows[0]?.open ?? 0, events: position(told.rows) - position(applied.rows) };
}
