export interface BatchOptions {
  /** Rows that one statement deletes. Default 1,000. */
  readonly batchSize?: number;
  /** Bound on the statements of one call; what is over waits for the next. Default 100. */
  readonly maxBatches?: number;
  /** Ends it between two statements. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `deleteSome(limit)`, which deletes at most so many rows and answers how many, until it finds fewer; so that no statement holds
 * locks for long. Resolves with how many rows it deleted in all.
 */
export async function deleteInBatches(
  deleteSome: (limit: number) => Promise<number>,
  { batchSize = 1_000, maxBatches = 100, signal }: BatchOptions = {},
): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < maxBatches && !signal?.aborted; batch += 1) {
    const count = await deleteSome(batchSize);
    deleted += count;
    if (count < batchSize) break;
  }
  return deleted;
}
