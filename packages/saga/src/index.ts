export type { StepAround, StepRun } from "./around.js";
export {
  type CompensableStep,
  defineSaga,
  type ForwardStep,
  type PivotStep,
  type Saga,
  type SagaOptions,
  type Step,
  type StepContext,
} from "./define-saga.js";
export { type EnqueueOptions, enqueueSaga } from "./enqueue-saga.js";
export { SagaFencedError, StepTimeoutError } from "./errors.js";
export { type AnySaga, createSagaRunner, type SagaRunner, type SagaRunnerOptions } from "./runner.js";
export type { SagaLog } from "./saga-log.js";
export { sagaMigration, sagaTraceMigration } from "./saga-migration.js";
export { listStuckSagas, purgeSagas, retrySaga, type SagaStatus, sagaStatus } from "./saga-status.js";
