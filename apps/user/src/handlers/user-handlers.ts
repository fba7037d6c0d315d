import { type Implementation, implement } from "@charter/server";
import { UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { addAddress } from "./add-address.js";
import { getKeySet } from "./get-key-set.js";
import { getMe } from "./get-me.js";
import { importCustomers } from "./import-customers.js";
import { listAddresses } from "./list-addresses.js";
import { login } from "./login.js";
import { logout } from "./logout.js";
import { refreshSession } from "./refresh-session.js";
import { register } from "./register.js";
import { removeAddress } from "./remove-address.js";
import { updateAddress } from "./update-address.js";
import type { UserDeps } from "./user-deps.js";

/** The methods of UserService that are built. */
export function userHandlers(deps: UserDeps): Implementation {
  return implement(UserService, {
    register: register(deps),
    login: login(deps),
    refreshSession: refreshSession(deps),
    logout: logout(deps),
    getMe: getMe(deps),
    addAddress: addAddress(deps),
    updateAddress: updateAddress(deps),
    removeAddress: removeAddress(deps),
    listAddresses: listAddresses(deps),
    importCustomers: importCustomers(deps),
    getKeySet: getKeySet(deps),
  });
}
