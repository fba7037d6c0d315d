export { directoryKeySet } from "./directory-key-set.js";
export { type FailedCheck, InvalidTokenError, KeyFileError, KeySetUnavailableError } from "./errors.js";
export { type KeySet, type PublishedKey, staticKeySet, type VerificationKey } from "./key-set.js";
export {
  type AnonymousPrincipal,
  anonymous,
  type Principal,
  type ServicePrincipal,
  type UserPrincipal,
} from "./principal.js";
export { remoteKeySet } from "./remote-key-set.js";
export {
  loadServiceIdentity,
  type ServiceIdentity,
  type ServiceIdentityOptions,
} from "./service-identity.js";
export { generateSigningKey, type PrivateJwk, type PublicJwk, type SigningKey } from "./signing-key.js";
export {
  createUserTokenIssuer,
  type IssuedToken,
  type UserTokenClaims,
  type UserTokenIssuer,
  type UserTokenIssuerOptions,
} from "./user-token-issuer.js";
export { CLOCK_LEEWAY_MS, createVerifier, type Verifier, type VerifierOptions } from "./verifier.js";
