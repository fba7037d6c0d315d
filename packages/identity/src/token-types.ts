/** `typ` of a person's access token (RFC 9068). */
export const USER_TOKEN_TYPE = "at+jwt";

/** `typ` of a service's token, so that neither kind can pass for the other. */
export const SERVICE_TOKEN_TYPE = "svc+jwt";

/** How long a service token is valid; a verifier refuses a longer one. */
export const SERVICE_TOKEN_TTL_MS = 300_000;
