import { parseEnvironment, type Wire } from "@charter/server";
import { z } from "zod";
import type { OperatorLogin } from "./operator/seed-operator.js";

/** What the environment decides about this service. */
export interface UserConfig {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes any free one. */
  readonly port: number;
  /** The service's database; undefined: it runs its own embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** Where the services of this installation publish their keys. */
  readonly identityDirectory: string;
  /** The first operator; undefined: none is made. */
  readonly operator: OperatorLogin | undefined;
  /** What speaks HTTP/2: the wire of the chassis, or node:http2. */
  readonly wire: Wire;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
}

const environment = (root: string) =>
  z
    .object({
      CHARTER_HOST: z.string().default("127.0.0.1"),
      CHARTER_PORT_USER: z.coerce.number().int().min(0).max(65_535).default(8081),
      DATABASE_URL_USER: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
      CHARTER_IDENTITY_DIR: z.string().default(`${root}.charter/identity`),
      CHARTER_WIRE: z.enum(["charter", "node"]).default("charter"),
      OPERATOR_EMAIL: z.email().max(254).optional(),
      OPERATOR_PASSWORD: z.string().min(10).max(128).optional(),
      CHARTER_LOG_LEVEL: z
        .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
        .default("info"),
    })
    .refine((values) => !values.OPERATOR_EMAIL === !values.OPERATOR_PASSWORD, {
      path: ["OPERATOR_PASSWORD"],
      message: "is set together with OPERATOR_EMAIL or not at all",
    });

/**
 * Reads the configuration. `root` is the folder that relative defaults start from. Throws EnvironmentError naming
 * every variable at fault.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, root: string): UserConfig {
  const values = parseEnvironment(environment(root), env);
  const { OPERATOR_EMAIL: email, OPERATOR_PASSWORD: password } = values;
  return {
    host: values.CHARTER_HOST,
    port: values.CHARTER_PORT_USER,
    databaseUrl: values.DATABASE_URL_USER,
    identityDirectory: values.CHARTER_IDENTITY_DIR,
    operator: email && password ? { email, password } : undefined,
    wire: values.CHARTER_WIRE,
    logLevel: values.CHARTER_LOG_LEVEL,
  };
}
