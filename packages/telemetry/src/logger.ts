import { type Clock, systemClock } from "@charter/time";
import { type DestinationStream, type LoggerOptions, type Logger as PinoLogger, pino } from "pino";
import { currentContext } from "./ambient-context.js";
import { describeError } from "./describe-error.js";
import { prettyDestination } from "./pretty-destination.js";
import { parseTraceparent } from "./traceparent.js";

/** pino's logger. */
export type Logger = PinoLogger;

/** How loud a logger is, from everything to nothing. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** What `createLogger` takes. */
export interface CreateLoggerOptions {
  /** Name of the process, on every line. */
  readonly service: string;
  /** Lines below it are dropped. Default "info". */
  readonly level?: LogLevel;
  /** One coloured line for people instead of JSON for machines. Default false. */
  readonly pretty?: boolean;
  /** Where lines go. Default: standard output, written synchronously so that the last line before a crash is not lost. */
  readonly destination?: DestinationStream;
  /** Stamps the lines. Default: the system's clock. */
  readonly clock?: Clock;
}

/**
 * A logger that writes one JSON object a line: time (ISO 8601), level, service, the fields given, and of the call being served
 * its requestId, traceId and subject. Errors go under `err`, without the values that the call being served must not show.
 */
export function createLogger(options: CreateLoggerOptions): Logger {
  const { service, level = "info", pretty = false, clock = systemClock } = options;
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  const settings: LoggerOptions = {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => describeError(error, currentContext()?.redactText) },
    mixin: ambientFields,
    // Fields that a line brings itself win over those of the ambient call.
    mixinMergeStrategy: (line, ambient) => ({ ...ambient, ...line }),
  };
  return pino(settings, pretty ? prettyDestination(destination) : destination);
}

function ambientFields(): Record<string, string> {
  const context = currentContext();
  if (!context) return {};
  const traceId = parseTraceparent(context.traceparent)?.traceId;
  return {
    requestId: context.requestId,
    ...(traceId === undefined ? {} : { traceId }),
    ...(context.subject === undefined ? {} : { subject: context.subject }),
  };
}
