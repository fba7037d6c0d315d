import {
  generateSigningKey,
  type KeySet,
  KeySetUnavailableError,
  type PublicJwk,
  type SigningKey,
  staticKeySet,
  type VerificationKey,
} from "@charter/identity";
import { inTransaction } from "@charter/postgres";
import type { Clock } from "@charter/time";
import { isRotationDue, publishedKeys } from "../domain/signing-key.js";
import type { UserDatabase } from "../store/schema.js";
import { insertKey, lockKeys, newestKeys, type StoredKey } from "../store/signing-keys.js";

/** What `createKeyRing` takes. */
export interface KeyRingOptions {
  readonly db: UserDatabase;
  readonly clock: Clock;
  /** The age at which a key is replaced. Default 30 days; longer than any token lives. */
  readonly rotateAfterMs?: number;
}

/** The keys that access tokens are signed and checked with; shared with other processes through the database. */
export interface KeyRing extends KeySet {
  /** The key to sign with now. Makes a new one when there is none or it is due for replacement. */
  currentKey(): Promise<SigningKey>;
  /** The keys that tokens may be signed with, the current one first. */
  publicKeys(): Promise<readonly PublicJwk[]>;
}

const defaultRotateAfterMs = 30 * 24 * 3_600_000;
/** How long another process's rotation may go unnoticed here. */
const reloadAfterMs = 30_000;
/** Forged key names cost one query in this time. */
const minReloadIntervalMs = 1_000;

/** A key ring over the database's keys. */
export function createKeyRing(options: KeyRingOptions): KeyRing {
  return new DatabaseKeyRing(options);
}

interface Loaded {
  readonly keys: readonly StoredKey[];
  readonly verification: KeySet;
  readonly atMs: number;
}

class DatabaseKeyRing implements KeyRing {
  readonly #db: UserDatabase;
  readonly #clock: Clock;
  readonly #rotateAfterMs: number;
  #loaded: Loaded | undefined;
  #loading: Promise<Loaded> | undefined;

  constructor({ db, clock, rotateAfterMs = defaultRotateAfterMs }: KeyRingOptions) {
    this.#db = db;
    this.#clock = clock;
    this.#rotateAfterMs = rotateAfterMs;
  }

  async currentKey(): Promise<SigningKey> {
    const loaded = await this.#upToDate(reloadAfterMs);
    const { keys } = this.#isCurrent(loaded.keys) ? loaded : await this.#reload();
    const [newest] = keys;
    if (!newest) throw new Error("the key ring is empty after a rotation");
    return newest.key;
  }

  async publicKeys(): Promise<readonly PublicJwk[]> {
    await this.currentKey();
    const { keys } = await this.#upToDate(reloadAfterMs);
    return keys.map(({ key }) => key.publicJwk);
  }

  async find(kid: string): Promise<VerificationKey | undefined> {
    try {
      const { verification } = await this.#upToDate(reloadAfterMs);
      const known = await verification.find(kid);
      return known ?? (await (await this.#upToDate(minReloadIntervalMs)).verification.find(kid));
    } catch (error) {
      throw new KeySetUnavailableError("the user service's database", error);
    }
  }

  #upToDate(maxAgeMs: number): Promise<Loaded> {
    const fresh = this.#loaded && this.#clock.monotonicMs() - this.#loaded.atMs < maxAgeMs;
    return fresh && this.#loaded ? Promise.resolve(this.#loaded) : this.#reload();
  }

  /** Reads the keys, replacing the newest if it is due. Callers that come meanwhile share the result. */
  #reload(): Promise<Loaded> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<Loaded> {
    const keys = await this.#readOrRotate();
    const verification = staticKeySet(keys.map(({ key: { publicJwk } }) => ({ publicJwk })));
    this.#loaded = { keys, verification, atMs: this.#clock.monotonicMs() };
    return this.#loaded;
  }

  async #readOrRotate(): Promise<readonly StoredKey[]> {
    const keys = await newestKeys(this.#db, publishedKeys);
    if (this.#isCurrent(keys)) return keys;
    const candidate = await generateSigningKey();
    return inTransaction(this.#db, async (tx) => {
      await lockKeys(tx);
      // Another process may have been faster; then its key is the new one.
      if (!this.#isCurrent(await newestKeys(tx, publishedKeys))) {
        await insertKey(tx, candidate, { keep: publishedKeys, now: new Date(this.#clock.nowMs()) });
      }
      return newestKeys(tx, publishedKeys);
    });
  }

  #isCurrent([newest]: readonly StoredKey[]): boolean {
    return (
      newest !== undefined && !isRotationDue(newest.createdAtMs, this.#clock.nowMs(), this.#rotateAfterMs)
    );
  }
}
