/**
 * Whether a signing key has signed for as long as it may. The key before it stays published, so the longest life of
 * a token must be shorter than `rotateAfterMs`.
 */
export function isRotationDue(createdAtMs: number, nowMs: number, rotateAfterMs: number): boolean {
  return nowMs - createdAtMs >= rotateAfterMs;
}

/** How many keys are published: the one that signs, and the one whose tokens may still be around. */
export const publishedKeys = 2;
