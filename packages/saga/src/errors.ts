/** This worker no longer holds the saga: another one has taken it over. Whatever it was about to write is rolled back. */
export class SagaFencedError extends Error {
  override readonly name = "SagaFencedError";
  readonly sagaId: string;

  constructor(sagaId: string) {
    super(`Saga ${sagaId} was taken over by another worker, or its attempt has ended`);
    this.sagaId = sagaId;
  }
}

/** An attempt ran longer than its step may. Its outcome is unknown. */
export class StepTimeoutError extends Error {
  override readonly name = "StepTimeoutError";

  constructor(step: string, timeoutMs: number) {
    super(`Step "${step}" did not end within ${timeoutMs} ms; its outcome is unknown`);
  }
}
