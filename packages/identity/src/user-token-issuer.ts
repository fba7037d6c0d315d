import { type Clock, systemClock } from "@charter/time";
import { type CryptoKey, SignJWT } from "jose";
import { v7 as uuidv7 } from "uuid";
import { ALGORITHM, importPrivateKey, type SigningKey } from "./signing-key.js";
import { USER_TOKEN_TYPE } from "./token-types.js";

const DEFAULT_TTL_MS = 600_000;

/** What `createUserTokenIssuer` takes. */
export interface UserTokenIssuerOptions {
  /** Who vouches for the token (`iss`). */
  readonly issuer: string;
  /** Whom the token is for (`aud`). */
  readonly audience: string;
  /** The key to sign with now; asked for every token, so that a rotation needs no restart. */
  readonly currentKey: () => SigningKey | Promise<SigningKey>;
  /** How long a token is valid. Default 600,000 (10 minutes). */
  readonly ttlMs?: number;
  readonly clock?: Clock;
}

/** Whom a user token is for. */
export interface UserTokenClaims {
  /** The user's id. */
  readonly subject: string;
  readonly roles: readonly string[];
  /** Default: none. */
  readonly scopes?: readonly string[];
  readonly sessionId: string;
}

/** A token and when it ends. */
export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since the Unix epoch, whole seconds. */
  readonly expiresAtMs: number;
}

/** Issues access tokens for people. */
export interface UserTokenIssuer {
  issue(claims: UserTokenClaims): Promise<IssuedToken>;
}

/** An issuer of JWT access tokens (RFC 9068: `typ: at+jwt`), signed by EdDSA, with `roles` and the session as `sid`. */
export function createUserTokenIssuer(options: UserTokenIssuerOptions): UserTokenIssuer {
  const { issuer, audience, currentKey, ttlMs = DEFAULT_TTL_MS, clock = systemClock } = options;
  const privateKeyOf = rememberLast();
  return {
    async issue({ subject, roles, scopes = [], sessionId }) {
      const key = await currentKey();
      const issuedAtS = Math.floor(clock.nowMs() / 1_000);
      const expiresAtS = issuedAtS + Math.floor(ttlMs / 1_000);
      const token = await new SignJWT({ roles, sid: sessionId, scope: scopes.join(" ") })
        .setProtectedHeader({ alg: ALGORITHM, typ: USER_TOKEN_TYPE, kid: key.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setJti(uuidv7())
        .setIssuedAt(issuedAtS)
        .setNotBefore(issuedAtS)
        .setExpirationTime(expiresAtS)
        .sign(await privateKeyOf(key));
      return { token, expiresAtMs: expiresAtS * 1_000 };
    },
  };
}

/** Importing a key costs as much as signing with it; one key signs for days. */
function rememberLast(): (key: SigningKey) => Promise<CryptoKey> {
  let last: { readonly kid: string; readonly key: Promise<CryptoKey> } | undefined;
  return (key) => {
    if (last?.kid !== key.kid) last = { kid: key.kid, key: importPrivateKey(key) };
    return last.key;
  };
}
