import { create, type DescMethodUnary, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import type { Principal } from "@charter/identity";
import { compileMethod } from "@charter/policy";
import type { Call } from "@charter/server";
import { createLogger } from "@charter/telemetry";
import type { ManualClock } from "@charter/testing";
import { Deadline } from "@charter/time";
import { ImportCustomersRequestSchema, UserService } from "@shop/contract/shop/user/v1/user_service_pb.js";
import { addAddress } from "../handlers/add-address.js";
import { getKeySet } from "../handlers/get-key-set.js";
import { getMe } from "../handlers/get-me.js";
import { importCustomers } from "../handlers/import-customers.js";
import { listAddresses } from "../handlers/list-addresses.js";
import { login } from "../handlers/login.js";
import { logout } from "../handlers/logout.js";
import { refreshSession } from "../handlers/refresh-session.js";
import { register } from "../handlers/register.js";
import { removeAddress } from "../handlers/remove-address.js";
import { updateAddress } from "../handlers/update-address.js";
import type { UserDeps } from "../handlers/user-deps.js";

/** What a test may say about a call; the rest is that of a caller without a token at 192.0.2.1. */
export interface CallFacts {
  readonly principal?: Principal;
  readonly peerAddress?: string;
}

/** The principal of a shopper's access token. */
export function shopper(userId: string, sessionId = "0190a000-0000-7000-8000-000000000001"): Principal {
  return { kind: "user", subject: userId, roles: [], scopes: [], sessionId };
}

/** Every handler of the service, as a function of a request and the facts of the call. */
export type Calls = ReturnType<typeof callsOf>;

/** Calls the handlers as the server does once a request has passed its checks. */
export function callsOf(deps: UserDeps, clock: ManualClock) {
  const { method } = UserService;
  const unary =
    <M extends DescMethodUnary>(
      desc: M,
      handler: (request: MessageShape<M["input"]>, call: Call) => Promise<MessageInitShape<M["output"]>>,
    ) =>
    async (init: MessageInitShape<M["input"]>, facts: CallFacts = {}): Promise<MessageShape<M["output"]>> =>
      create<M["output"]>(
        desc.output,
        await handler(create<M["input"]>(desc.input, init), callOf(desc, clock, facts)),
      );
  return {
    register: unary(method.register, register(deps)),
    login: unary(method.login, login(deps)),
    refreshSession: unary(method.refreshSession, refreshSession(deps)),
    logout: unary(method.logout, logout(deps)),
    getMe: unary(method.getMe, getMe(deps)),
    addAddress: unary(method.addAddress, addAddress(deps)),
    updateAddress: unary(method.updateAddress, updateAddress(deps)),
    removeAddress: unary(method.removeAddress, removeAddress(deps)),
    listAddresses: unary(method.listAddresses, listAddresses(deps)),
    getKeySet: unary(method.getKeySet, getKeySet(deps)),
    importCustomers: async (customers: readonly MessageInitShape<typeof ImportCustomersRequestSchema>[]) => {
      const call = callOf(method.importCustomers, clock, {});
      const answer = await importCustomers(deps)(stream(customers), call);
      return create(method.importCustomers.output, answer);
    },
  };
}

async function* stream(customers: readonly MessageInitShape<typeof ImportCustomersRequestSchema>[]) {
  for (const customer of customers) yield create(ImportCustomersRequestSchema, customer);
}

function callOf(method: Parameters<typeof compileMethod>[0], clock: ManualClock, facts: CallFacts): Call {
  const policy = compileMethod(method);
  return {
    policy,
    principal: facts.principal ?? { kind: "anonymous" },
    deadline: Deadline.after(clock, policy.deadline.maxMs),
    signal: new AbortController().signal,
    requestId: "test",
    log: createLogger({ service: "user", level: "silent" }),
    requestHeader: new Headers(),
    responseHeader: new Headers(),
    responseTrailer: new Headers(),
    peer: { address: facts.peerAddress ?? "192.0.2.1" },
  };
}
