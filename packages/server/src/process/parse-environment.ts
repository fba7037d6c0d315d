import type { ZodType } from "zod";

/** The environment lacks something or holds something that cannot be used. Names every variable and the next step. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  /** What is wrong, by variable. */
  readonly problems: Readonly<Record<string, string>>;

  constructor(problems: Readonly<Record<string, string>>) {
    const lines = Object.entries(problems).map(([name, message]) => `  ${name}: ${message}`);
    super(
      ["The environment cannot be used. Set or correct these variables and start again:", ...lines].join(
        "\n",
      ),
    );
    this.problems = problems;
  }
}

/**
 * Reads configuration out of the environment. A variable that is set to nothing counts as not set.
 *
 * @throws EnvironmentError naming every variable that is wrong; values are not repeated, for they may be secret
 */
export function parseEnvironment<T>(
  schema: ZodType<T>,
  env: Readonly<Record<string, string | undefined>>,
): T {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => [path.join(".") || "environment", message]);
  throw new EnvironmentError(Object.fromEntries(problems));
}
