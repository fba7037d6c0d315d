export { type Certified, createAuthority, type TestAuthority } from "./certificates.js";
export { idempotencyStoreContract, type StoreUnderTest } from "./idempotency-store.contract.js";
export { type KeyedMethod, keyedMethodContract } from "./keyed-method.contract.js";
export { ManualClock } from "./manual-clock.js";
export { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "./otlp-receiver.js";
export { type SeededRandom, seededRandom } from "./seeded-random.js";
export { type SourceProcess, spawnSource } from "./spawn-source.js";
export { createTestDatabase, type TestDatabase } from "./test-database.js";
export { whereAvailable } from "./where-available.js";
