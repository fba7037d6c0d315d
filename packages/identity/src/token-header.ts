import { InvalidTokenError } from "./errors.js";
import { ALGORITHM } from "./signing-key.js";
import { SERVICE_TOKEN_TYPE, USER_TOKEN_TYPE } from "./token-types.js";

const MAX_TOKEN_CHARS = 8_192;
const MAX_KID_CHARS = 128;
const BEARER = /^bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** The header of a token that is worth looking up a key for. */
export interface TokenHeader {
  readonly typ: typeof USER_TOKEN_TYPE | typeof SERVICE_TOKEN_TYPE;
  readonly kid: string;
}

/** The token of an `authorization` header. @throws InvalidTokenError unless it is one signed JWT of at most 8 KiB. */
export function bearerToken(authorization: string): string {
  const token = authorization.length <= MAX_TOKEN_CHARS ? BEARER.exec(authorization)?.[1] : undefined;
  if (!token) throw new InvalidTokenError("form");
  return token;
}

/**
 * The header of a signed JWT. Exactly `alg`, `typ` and `kid` are understood. Any other parameter is refused, for it is either an
 * extension that we do not keep (`crit`, `b64`, `zip`) or a key that the token brings along for itself (`jwk`, `jku`, `x5c`, `x5u`).
 * @throws InvalidTokenError
 */
export function tokenHeader(token: string): TokenHeader {
  const { alg, typ, kid, ...others } = parseHeader(token);
  const sound =
    alg === ALGORITHM &&
    (typ === USER_TOKEN_TYPE || typ === SERVICE_TOKEN_TYPE) &&
    typeof kid === "string" &&
    kid.length > 0 &&
    kid.length <= MAX_KID_CHARS &&
    Object.keys(others).length === 0;
  if (!sound) throw new InvalidTokenError("header");
  return { typ, kid };
}

function parseHeader(token: string): Record<string, unknown> {
  const encoded = token.slice(0, token.indexOf("."));
  try {
    const header: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
    if (typeof header === "object" && header !== null) return header as Record<string, unknown>;
  } catch {
    // Not JSON: refused below like any other header that is none.
  }
  throw new InvalidTokenError("header");
}
