import type { Handlers } from "@charter/server";
import type { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import type { UserDeps } from "./user-deps.js";

/** The public keys of access tokens. */
export function getKeySet({ keyRing }: UserDeps): Handlers<typeof UserService>["getKeySet"] {
  return async () => {
    const keys = await keyRing.publicKeys();
    return {
      keys: keys.map(({ kty, kid, x }) => ({ kty, crv: "Ed25519", alg: "EdDSA", use: "sig", kid, x })),
    };
  };
}
