import type { Clock } from "@charter/time";
import type { IdempotencyKey, IdempotencyStore } from "../idempotency/idempotency-store.js";

interface Entry {
  readonly fingerprint: string;
  readonly running: Promise<Uint8Array>;
  expiresMs: number;
}

class KeyReusedError extends Error {
  override readonly name = "KeyReusedError";
}

const MAX_ENTRIES = 10_000;

/** A store for tests: answers live as long as it does. */
export function memoryIdempotencyStore(clock: Clock): IdempotencyStore {
  const entries = new Map<string, Entry>();
  const begin = (id: string, { fingerprint, retentionMs }: IdempotencyKey, running: Promise<Uint8Array>) => {
    if (entries.size >= MAX_ENTRIES) throw new RangeError("the store is full");
    const entry = { fingerprint: hex(fingerprint), running, expiresMs: Number.POSITIVE_INFINITY };
    entries.set(id, entry);
    running.then(
      () => {
        entry.expiresMs = clock.monotonicMs() + retentionMs;
      },
      () => entries.delete(id),
    );
  };
  return {
    async run(key, execute) {
      const id = JSON.stringify([key.scope, key.key]);
      for (;;) {
        const known = entries.get(id);
        if (!known || known.expiresMs <= clock.monotonicMs()) {
          const running = execute();
          begin(id, key, running);
          return { answer: await running, replayed: false };
        }
        if (known.fingerprint !== hex(key.fingerprint)) throw new KeyReusedError("the key was used before");
        const answer = await known.running.catch(() => undefined);
        if (answer) return { answer, replayed: true };
      }
    },
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
