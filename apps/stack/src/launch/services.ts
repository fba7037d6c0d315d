/** The services of the shop, callees before callers. They stop in the reverse order, so that nobody calls what is gone. */
export const serviceNames = ["user", "discount", "delivery", "buy"] as const;

/** The name of one service, as it stands in environment variables, identities and folders. */
export type ServiceName = (typeof serviceNames)[number];

/**
 * Which services start together: callees before callers, so that no caller's first attempt meets a closed port and makes its channel
 * wait before the next.
 */
export const startWaves: readonly (readonly ServiceName[])[] = [["user", "discount", "delivery"], ["buy"]];

/** Where each service listens unless `CHARTER_PORT_<SERVICE>` says otherwise. */
export const defaultPorts: Record<ServiceName, number> = {
  user: 8081,
  discount: 8082,
  buy: 8083,
  delivery: 8084,
};

/** One value for each service. */
export type PerService<T> = Record<ServiceName, T>;

/** Makes one value for each service. */
export function perService<T>(make: (name: ServiceName) => T): PerService<T> {
  return Object.fromEntries(serviceNames.map((name) => [name, make(name)])) as PerService<T>;
}

/** Like `perService`, for values that take time; they are made at once. */
export async function perServiceAsync<T>(make: (name: ServiceName) => Promise<T>): Promise<PerService<T>> {
  const entries = await Promise.all(serviceNames.map(async (name) => [name, await make(name)]));
  return Object.fromEntries(entries) as PerService<T>;
}
