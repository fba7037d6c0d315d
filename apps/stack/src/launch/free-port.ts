import { createServer } from "node:net";
import type { ServiceName } from "./services.js";

/** Fails with one sentence when something listens on the port already. */
export function assertPortFree(service: ServiceName, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => reject(sentence(service, host, port, error)));
    probe.listen({ host, port }, () => probe.close(() => resolve()));
  });
}

function sentence(service: ServiceName, host: string, port: number, error: NodeJS.ErrnoException): Error {
  const setting = `CHARTER_PORT_${service.toUpperCase()}`;
  const elsewhere = `set ${setting} to another one, e.g. ${setting}=${port + 10_000} npm start`;
  if (error.code === "EADDRINUSE") return new Error(`Port ${port} for ${service} is taken: ${elsewhere}`);
  return new Error(`Port ${port} for ${service} cannot be used on ${host} (${error.code}): ${elsewhere}`);
}
