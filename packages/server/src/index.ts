export { answerRetentionMs } from "./answer-retention.js";
export { type Call, hasRole, userOf } from "./call.js";
export { callerName } from "./caller-name.js";
export { createServer, type Listening, type Server, type ServerOptions } from "./create-server.js";
export { ChassisError, chassisError, invalidArgument, notFound } from "./errors/chassis-error.js";
export { ContractError, type ContractErrorOptions, contractError } from "./errors/contract-error.js";
export { type Document, NotReady } from "./http/documents.js";
export type { Wire } from "./http/http2-engine-on.js";
export { PortTakenError } from "./http/port-taken-error.js";
export type { TlsKeys, TlsOptions } from "./http/tls-options.js";
export type {
  IdempotencyKey,
  IdempotencyOptions,
  IdempotencyStore,
} from "./idempotency/idempotency-store.js";
export { type Handler, type Handlers, type Implementation, implement } from "./implement.js";
export type { ObservabilityOptions } from "./observability.js";
export { type Page, pageSizeOf, readPageToken, writePageToken } from "./page-token.js";
export {
  type Observability,
  observabilityFromEnvironment,
} from "./process/observability-from-environment.js";
export { EnvironmentError, parseEnvironment } from "./process/parse-environment.js";
export { type Program, runProcess } from "./process/run-process.js";
export { urlList } from "./process/url-list.js";
export type { ReadinessChecks } from "./readiness.js";
export { type ConnectServer, type ServeConnectOptions, serveConnect } from "./serve-connect.js";
