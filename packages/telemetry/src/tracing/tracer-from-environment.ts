import type { Logger } from "../logger.js";
import type { Tracer } from "./tracer.js";

/** A variable of the environment does not say what it should. */
export class TraceSettingError extends Error {
  override readonly name = "TraceSettingError";
}

/** Where a process reads its settings from. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The tracer that the environment asks for, or undefined for none: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` as it is, or
 * `OTEL_EXPORTER_OTLP_ENDPOINT` with /v1/traces added, and `CHARTER_TRACE_RATIO` from 0 to 1. The ratio is 1 by default; without an
 * endpoint nothing is recorded at all.
 *
 * @throws TraceSettingError
 */
export async function tracerFromEnvironment(
  environment: Environment,
  { service, log }: { readonly service: string; readonly log: Logger },
): Promise<Tracer | undefined> {
  const url = endpointOf(environment);
  const ratio = ratioOf(environment.CHARTER_TRACE_RATIO);
  if (url === undefined) return undefined;
  // OpenTelemetry takes 25 MB and a tenth of a second, which a process without traces need not spend.
  const { createTracer } = await import("./tracer.js");
  return createTracer({ service, url, ratio, log });
}

function endpointOf(environment: Environment): string | undefined {
  const own = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (own) return checked("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", own);
  const general = environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!general) return undefined;
  return `${checked("OTEL_EXPORTER_OTLP_ENDPOINT", general).replace(/\/+$/, "")}/v1/traces`;
}

function checked(variable: string, url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new TraceSettingError(
    `${variable} must be the http address of a collector, e.g. http://127.0.0.1:4318`,
  );
}

function ratioOf(text: string | undefined): number {
  if (text === undefined || text === "") return 1;
  const ratio = Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new TraceSettingError("CHARTER_TRACE_RATIO must be a number from 0 to 1");
}
