/** What the user asked for makes no sense. The message is all that is shown, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
