/** Who is calling, as far as it has been proven. */
export type Principal = AnonymousPrincipal | UserPrincipal | ServicePrincipal;

/** Nobody: the call brought no token. */
export interface AnonymousPrincipal {
  readonly kind: "anonymous";
}

/** A person, by an access token of the user service. */
export interface UserPrincipal {
  readonly kind: "user";
  /** The user's id. */
  readonly subject: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** The login that the token came from; ends with logout. */
  readonly sessionId: string;
}

/** Another service, by a token it signed with its own key. */
export interface ServicePrincipal {
  readonly kind: "service";
  readonly service: string;
}

/** The principal of every call without a token. */
export const anonymous: AnonymousPrincipal = Object.freeze({ kind: "anonymous" });
