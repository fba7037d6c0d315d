// Names of the checks that failed before the tests ran, joined by "; "; set by tools/test.mjs.
const failedChecks = (process.env.CHARTER_FAILED_CHECKS ?? "").split("; ").filter(Boolean);

/**
 * Closes a run with one line that sums up all projects. A test suite that could not run counts as one failed test, and so does
 * a failed check.
 */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + failedChecks.length;
    const skipped = results.numPendingTests + results.numTodoTests;
    // Jest prints its own summary after all reporters; ours comes last.
    process.once("exit", () => {
      if (failedChecks.length) process.stdout.write(`\nfailed checks: ${failedChecks.join("; ")}\n`);
      process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}
