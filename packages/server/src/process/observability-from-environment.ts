import { type Logger, MetricRegistry, tracerFromEnvironment } from "@charter/telemetry";
import { z } from "zod";
import type { ObservabilityOptions } from "../observability.js";
import { parseEnvironment } from "./parse-environment.js";

/** How a process can be watched, as its environment has it. Its parts go to `createServer`. */
export interface Observability extends ObservabilityOptions {
  readonly metrics: MetricRegistry;
  /** Where an operator tightens the contract while the process runs. */
  readonly tightenFile?: string;
  /** Sends what was recorded. To be called when all work has ended. */
  shutdown(): Promise<void>;
}

/**
 * Reads how a process can be watched. For a service named "buy": `CHARTER_ADMIN_PORT_BUY` opens an admin port, on the address
 * `CHARTER_ADMIN_HOST` (default 127.0.0.1); `OTEL_EXPORTER_OTLP_ENDPOINT` and `CHARTER_TRACE_RATIO` record traces;
 * `CHARTER_TIGHTEN_FILE` names the file in which an operator tightens the contract at run time.
 *
 * @throws EnvironmentError
 * @throws TraceSettingError
 */
export async function observabilityFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  { service, log }: { readonly service: string; readonly log: Logger },
): Promise<Observability> {
  const admin = adminAddress(environment, `CHARTER_ADMIN_PORT_${service.toUpperCase()}`);
  const tightenFile = environment.CHARTER_TIGHTEN_FILE;
  const tracer = await tracerFromEnvironment(environment, { service, log });
  return {
    metrics: new MetricRegistry(),
    ...(admin && { admin }),
    ...(tracer && { tracer }),
    ...(tightenFile && { tightenFile }),
    shutdown: async () => tracer?.shutdown(),
  };
}

function adminAddress(environment: Readonly<Record<string, string | undefined>>, portVariable: string) {
  const schema = z.object({
    CHARTER_ADMIN_HOST: z.string().default("127.0.0.1"),
    [portVariable]: z.coerce.number().int().min(0).max(65_535).optional(),
  });
  const values: Record<string, string | number | undefined> = parseEnvironment(schema, environment);
  const port = values[portVariable];
  return typeof port === "number" ? { host: String(values.CHARTER_ADMIN_HOST), port } : undefined;
}
