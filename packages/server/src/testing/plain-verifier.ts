import { anonymous, InvalidTokenError, type Principal, type Verifier } from "@charter/identity";

/**
 * Reads tokens that say what they mean: "Bearer user alice operator shelf.write" is the user alice with one role and one scope,
 * "Bearer service keeper" the service keeper. Anything else is not valid.
 */
export const plainVerifier: Verifier = {
  verify: async (authorization) => (authorization === undefined ? anonymous : parse(authorization)),
};

function parse(authorization: string): Principal {
  const [scheme, kind, name, ...grants] = authorization.split(" ");
  if (scheme !== "Bearer" || !name) throw new InvalidTokenError("form");
  if (kind === "service") return { kind, service: name };
  if (kind !== "user") throw new InvalidTokenError("claims");
  const scopes = grants.filter((it) => it.includes("."));
  const roles = grants.filter((it) => !it.includes("."));
  return { kind, subject: name, roles, scopes, sessionId: "session" };
}
