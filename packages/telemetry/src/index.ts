export { type AmbientContext, currentContext, runInContext } from "./ambient-context.js";
export { describeError, type ErrorDescription } from "./describe-error.js";
export { type CreateLoggerOptions, createLogger, type Logger, type LogLevel } from "./logger.js";
export { REDACTED, redactMessage } from "./redact-message.js";
export { childTraceparent, formatTraceparent, parseTraceparent, type TraceParent } from "./traceparent.js";
