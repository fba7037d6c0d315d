import { type Clock, systemClock } from "@charter/time";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import { InvalidTokenError } from "./errors.js";
import type { KeySet, VerificationKey } from "./key-set.js";
import { anonymous, type Principal } from "./principal.js";
import { ALGORITHM } from "./signing-key.js";
import { TokenCache } from "./token-cache.js";
import { serviceOfClaims, userOfClaims } from "./token-claims.js";
import { bearerToken, type TokenHeader, tokenHeader } from "./token-header.js";
import { SERVICE_TOKEN_TYPE, USER_TOKEN_TYPE } from "./token-types.js";

/** How far the clocks of issuer and verifier may be apart. */
export const CLOCK_LEEWAY_MS = 5_000;
const MAX_VERIFIED_TOKENS = 10_000;

/** What `createVerifier` takes. */
export interface VerifierOptions {
  /** This service: the audience that service tokens must name. */
  readonly service: string;
  /** The audience that user tokens must name. */
  readonly userAudience: string;
  /** The issuer that user tokens must name. */
  readonly userIssuer: string;
  readonly userKeys: KeySet;
  /** Keys with the service they belong to, as `directoryKeySet` gives them. */
  readonly serviceKeys: KeySet;
  readonly clock?: Clock;
}

/** Says who calls. */
export interface Verifier {
  /**
   * The caller that an `authorization` header proves; nobody when there is none.
   * @throws InvalidTokenError for a header that proves nothing, whatever the cause.
   * @throws KeySetUnavailableError when the keys cannot be read at present.
   */
  verify(authorization: string | undefined): Promise<Principal>;
  /** The caller where the header was verified before and has not expired; undefined where it must be verified. Never throws. */
  recall?(authorization: string): Principal | undefined;
}

/** What differs between the kinds of token. */
interface TokenKind {
  readonly keys: KeySet;
  readonly options: JWTVerifyOptions;
  readonly audience: string;
  readonly principalOf: (claims: JWTPayload, key: VerificationKey) => Principal;
}

/**
 * A verifier of user tokens (`at+jwt`) and service tokens (`svc+jwt`). A token that was verified is remembered until it expires,
 * at most 10,000 of them; a key that is withdrawn ends the tokens remembered only by their expiry.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { clock = systemClock } = options;
  const kinds = tokenKinds(options);
  const cache = new TokenCache(MAX_VERIFIED_TOKENS);
  // By the header's whole value: it is the same string again and again where the connection remembers it, and needs no parsing.
  const recall = (authorization: string) => cache.get(authorization, clock.nowMs());
  return {
    recall,
    async verify(authorization) {
      if (authorization === undefined) return anonymous;
      const known = recall(authorization);
      if (known) return known;
      const token = bearerToken(authorization);
      const header = tokenHeader(token);
      const { principal, expiresAtMs } = await verifyToken(token, header, kinds[header.typ], clock);
      cache.set(authorization, principal, expiresAtMs);
      return principal;
    },
  };
}

function tokenKinds(options: VerifierOptions): Record<TokenHeader["typ"], TokenKind> {
  const { service, userAudience, userIssuer, userKeys, serviceKeys } = options;
  return {
    [USER_TOKEN_TYPE]: {
      keys: userKeys,
      audience: userAudience,
      options: { issuer: userIssuer },
      principalOf: userOfClaims,
    },
    [SERVICE_TOKEN_TYPE]: {
      keys: serviceKeys,
      audience: service,
      options: {},
      principalOf: serviceOfClaims,
    },
  };
}

async function verifyToken(token: string, { typ, kid }: TokenHeader, kind: TokenKind, clock: Clock) {
  const key = await kind.keys.find(kid);
  if (!key) throw new InvalidTokenError("key");
  const claims = await verifiedClaims(token, key, clock, {
    ...kind.options,
    typ,
    audience: kind.audience,
    requiredClaims: ["iss", "sub", "iat", "nbf", "exp"],
  });
  // A token for several audiences could be replayed by one of them against another.
  if (claims.aud !== kind.audience) throw new InvalidTokenError("claims");
  const { iat = Number.POSITIVE_INFINITY, exp = 0 } = claims;
  if (iat * 1_000 > clock.nowMs() + CLOCK_LEEWAY_MS || exp <= iat) throw new InvalidTokenError("lifetime");
  return { principal: kind.principalOf(claims, key), expiresAtMs: exp * 1_000 };
}

async function verifiedClaims(
  token: string,
  { key }: VerificationKey,
  clock: Clock,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, {
      ...options,
      algorithms: [ALGORITHM],
      clockTolerance: CLOCK_LEEWAY_MS / 1_000,
      currentDate: new Date(clock.nowMs()),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new InvalidTokenError(failedCheckOf(error));
    throw error;
  }
}

function failedCheckOf(error: errors.JOSEError) {
  if (error instanceof errors.JWTExpired) return "lifetime";
  return error instanceof errors.JWTClaimValidationFailed ? "claims" : "signature";
}
