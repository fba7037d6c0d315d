export { ManualClock } from "./manual-clock.js";
export { type SeededRandom, seededRandom } from "./seeded-random.js";
export { createTestDatabase, type TestDatabase } from "./test-database.js";
