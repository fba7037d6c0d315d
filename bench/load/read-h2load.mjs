/** The figures in what h2load prints; NaN for one that is not there. */
export function readH2load(text) {
  const number = (pattern) => Number(pattern.exec(text)?.[1]);
  return {
    calls: number(/(\d+) succeeded/),
    failed: number(/(\d+) failed/),
    callsPerSecond: number(/finished in [^,]+, ([\d.]+) req\/s/),
    dataBytes: number(/headers \(space savings [^)]*\), [^(]*\((\d+)\) data/),
  };
}

/**
 * Throws when calls failed or were refused: an error in gRPC is an answer without a message, so bytes are missing where there was one. What was in
 * flight at the end was cut off and may be missing.
 */
export function assertAnswered({ calls, failed, dataBytes }, { answerBytes, inFlight }) {
  const wanted = calls * answerBytes;
  if (calls > 0 && failed === 0 && Math.abs(dataBytes - wanted) <= inFlight * answerBytes) return;
  throw new Error(
    `calls failed or were refused: ${calls} answered, ${failed} failed, ${dataBytes} bytes of answers instead of ${wanted}`,
  );
}
