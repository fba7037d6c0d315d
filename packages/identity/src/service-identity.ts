import { type Clock, systemClock } from "@charter/time";
import { type CryptoKey, SignJWT } from "jose";
import { loadOrCreateKey } from "./key-files.js";
import { ALGORITHM, importPrivateKey } from "./signing-key.js";
import { SERVICE_TOKEN_TTL_MS, SERVICE_TOKEN_TYPE } from "./token-types.js";

/** A cached token is used no longer than this, so that it cannot end on its way to the callee. */
const REUSE_MS = SERVICE_TOKEN_TTL_MS - 60_000;
const MAX_AUDIENCES = 256;

/** What a service proves itself with to the services it calls. */
export interface ServiceIdentity {
  readonly service: string;
  /** A token for one callee (`svc+jwt`, 5 minutes), from a cache while it has more than a minute left. */
  tokenFor(audience: string): Promise<string>;
}

/** What `loadServiceIdentity` takes. */
export interface ServiceIdentityOptions {
  /** Where the services of one installation keep their keys. Made (mode 0700) when absent. */
  readonly directory: string;
  /** Name of the service: lower-case letters, digits and hyphens. */
  readonly service: string;
  readonly clock?: Clock;
}

/**
 * The identity of a service. Its key pair is made on first use: `<service>.key.json` (mode 0600) and `<service>.pub.json`.
 * @throws KeyFileError when the key file is damaged or open to other users.
 */
export async function loadServiceIdentity(options: ServiceIdentityOptions): Promise<ServiceIdentity> {
  const { directory, service, clock = systemClock } = options;
  const key = await loadOrCreateKey(directory, service);
  const privateKey = await importPrivateKey(key);
  const sign = (audience: string) => signServiceToken({ service, audience, kid: key.kid, privateKey, clock });
  return { service, tokenFor: reuseTokens(sign, clock) };
}

interface Signing {
  readonly service: string;
  readonly audience: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly clock: Clock;
}

function signServiceToken({ service, audience, kid, privateKey, clock }: Signing): Promise<string> {
  const issuedAtS = Math.floor(clock.nowMs() / 1_000);
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, typ: SERVICE_TOKEN_TYPE, kid })
    .setIssuer(service)
    .setSubject(service)
    .setAudience(audience)
    .setIssuedAt(issuedAtS)
    .setNotBefore(issuedAtS)
    .setExpirationTime(issuedAtS + SERVICE_TOKEN_TTL_MS / 1_000)
    .sign(privateKey);
}

function reuseTokens(sign: (audience: string) => Promise<string>, clock: Clock) {
  const cache = new Map<string, { readonly token: Promise<string>; readonly madeAtMs: number }>();
  return (audience: string): Promise<string> => {
    const cached = cache.get(audience);
    const ageMs = clock.nowMs() - (cached?.madeAtMs ?? 0);
    // A negative age means that the machine's clock was set back.
    if (cached && ageMs >= 0 && ageMs < REUSE_MS) return cached.token;
    if (cache.size >= MAX_AUDIENCES) cache.clear();
    const token = sign(audience);
    cache.set(audience, { token, madeAtMs: clock.nowMs() });
    return token;
  };
}
