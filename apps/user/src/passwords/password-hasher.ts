import { randomBytes } from "node:crypto";
import { hash, type Options, verify } from "@node-rs/argon2";
import { createGate, type GateOptions } from "./gate.js";

/**
 * Argon2id (the package's default variant) with 19 MiB, two passes and one lane: what the OWASP Password Storage
 * Cheat Sheet names as the least,
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id.
 */
export const argon2Options = {
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const satisfies Options;

/** Computes and checks encoded hashes; off the main thread, so an `await` on it blocks nobody. */
export interface HashAlgorithm {
  hash(password: string): Promise<string>;
  verify(encoded: string, password: string): Promise<boolean>;
}

/** Argon2id in libuv's thread pool. */
export const argon2id: HashAlgorithm = {
  hash: (password) => hash(password, argon2Options),
  verify: (encoded, password) => verify(encoded, password, argon2Options),
};

/** Hashes passwords, a bounded number at once. Every method computes exactly one hash. */
export interface PasswordHasher {
  /**
   * The encoded hash of a password, with its salt and parameters.
   * @throws GateFullError when too many wait.
   */
  hash(password: string, signal?: AbortSignal): Promise<string>;
  /**
   * Whether the password made the hash. Without a hash the answer is no, after the same work.
   * @throws GateFullError when too many wait.
   */
  verify(encoded: string | undefined, password: string, signal?: AbortSignal): Promise<boolean>;
}

/** What `createPasswordHasher` takes. */
export interface PasswordHasherOptions extends Partial<GateOptions> {
  /** Default: Argon2id. */
  readonly algorithm?: HashAlgorithm;
}

/** Hashes at once. Each holds 19 MiB and a thread of the pool (four by default), which files and names need, too. */
const defaultMaxRunning = 2;
/** Hashes that wait. At some 25 ms each, the last of them waits about three seconds. */
const defaultMaxWaiting = 256;

/** A hasher; it computes one hash first, which stands in for those that accounts do not have. */
export async function createPasswordHasher(options: PasswordHasherOptions = {}): Promise<PasswordHasher> {
  const { algorithm = argon2id, maxRunning = defaultMaxRunning, maxWaiting = defaultMaxWaiting } = options;
  const gate = createGate({ maxRunning, maxWaiting });
  const nobodys = await algorithm.hash(randomBytes(32).toString("base64url"));
  return {
    hash: (password, signal) => gate.run(() => algorithm.hash(password), signal),
    async verify(encoded, password, signal) {
      const matches = await gate.run(() => algorithm.verify(encoded ?? nobodys, password), signal);
      return matches && encoded !== undefined;
    },
  };
}
