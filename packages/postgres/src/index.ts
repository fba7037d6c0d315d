export { type Answer, type AnswerStore, createAnswerStore, whenCommitted } from "./answer-store.js";
export { type WorkBounds, WorkOverError } from "./bounds/work-bounds.js";
export type { RoleOptions } from "./cluster/ensure-database.js";
export { type OwnDatabase, type OwnDatabaseOptions, ownDatabase } from "./cluster/own-database.js";
export { ClusterInUseError } from "./cluster/owner-mark.js";
export { StartFailedError } from "./cluster/postmaster.js";
export {
  type Cluster,
  type ClusterOptions,
  ClusterPortTakenError,
  startCluster,
} from "./cluster/start-cluster.js";
export { advanceCursor, cursorPosition, lockCursor } from "./cursors.js";
export {
  type Database,
  type DatabaseOptions,
  type Executor,
  openDatabase,
  type Transactional,
} from "./database.js";
export { type BatchOptions, deleteInBatches } from "./delete-in-batches.js";
export type { EndedStatement, ObserveStatement } from "./ended-statement.js";
export {
  isCheckViolation,
  isConnectionLost,
  isDeadlock,
  isForeignKeyViolation,
  isSerializationFailure,
  isStatementTimeout,
  isUniqueViolation,
} from "./errors.js";
export {
  appendEvent,
  appendEvents,
  eventsMigration,
  type NewEvent,
  readEvents,
  type StoredEvent,
} from "./events.js";
export { type ForgetAnswersOptions, forgetAnswers } from "./forget-answers.js";
export { inTransaction, type TransactionOptions } from "./in-transaction.js";
export type { Invariant } from "./invariant.js";
export { apart } from "./joining/shared-transaction.js";
export { DatabaseNewerError, type Migration, migrate } from "./migrate.js";
export {
  type AnswerKey,
  idempotencyMigration,
  KeyReusedError,
  purgeAnswers,
} from "./stored-answers.js";
