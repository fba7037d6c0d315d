import type { JWTPayload } from "jose";
import { InvalidTokenError } from "./errors.js";
import type { VerificationKey } from "./key-set.js";
import type { ServicePrincipal, UserPrincipal } from "./principal.js";
import { SERVICE_TOKEN_TTL_MS } from "./token-types.js";

const MAX_ID_CHARS = 256;
const MAX_NAMES = 64;

/**
 * The user that a verified user token speaks of.
 * @throws InvalidTokenError when a claim is missing or of another type, or when a service signed it with its own key.
 */
export function userOfClaims({ sub, sid, roles, scope }: JWTPayload, key: VerificationKey): UserPrincipal {
  if (key.service !== undefined) throw new InvalidTokenError("claims");
  if (!isId(sub) || !isId(sid) || !isListOfNames(roles)) throw new InvalidTokenError("claims");
  if (scope !== undefined && typeof scope !== "string") throw new InvalidTokenError("claims");
  const scopes = Object.freeze((scope ?? "").split(" ").filter((name) => name !== ""));
  return Object.freeze({
    kind: "user",
    subject: sub,
    roles: Object.freeze([...roles]),
    scopes,
    sessionId: sid,
  });
}

/**
 * The service that a verified service token speaks of: the owner of the key. A service cannot sign for another.
 * @throws InvalidTokenError when it tries, or when the token lives longer than service tokens do.
 */
export function serviceOfClaims(claims: JWTPayload, key: VerificationKey): ServicePrincipal {
  const { iss, sub, iat = 0, exp = Number.POSITIVE_INFINITY } = claims;
  if (key.service === undefined || iss !== key.service || sub !== key.service) {
    throw new InvalidTokenError("claims");
  }
  if ((exp - iat) * 1_000 > SERVICE_TOKEN_TTL_MS) throw new InvalidTokenError("lifetime");
  return Object.freeze({ kind: "service", service: key.service });
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_ID_CHARS;
}

function isListOfNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MAX_NAMES && value.every((name) => typeof name === "string");
}
