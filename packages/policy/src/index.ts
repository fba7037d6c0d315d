export { compileMethod, compileService } from "./compile.js";
export { type ErrorCatalogue, type ErrorReason, errorCatalogue } from "./error-catalogue.js";
export { type FieldPath, resolveFieldPath } from "./field-path.js";
export type { Layer as Provenance } from "./layers.js";
export type {
  AuthPolicy,
  BalancePolicy,
  BreakerPolicy,
  ConcurrencyPolicy,
  Criticality,
  DeadlinePolicy,
  Effects,
  FallbackPolicy,
  HedgePolicy,
  IdempotencyPolicy,
  LogPolicy,
  MethodKind,
  MethodPolicy,
  ObjectivePolicy,
  PayloadPolicy,
  RatePolicy,
  RetryPolicy,
  ServicePolicy,
  StreamPolicy,
} from "./method-policy.js";
export { PolicyError, type PolicyProblem } from "./policy-error.js";
export { keepMessagesYoung } from "./young-messages.js";
