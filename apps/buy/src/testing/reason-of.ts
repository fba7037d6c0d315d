import { errorReason } from "@charter/client";

/** The reason and metadata of the contract error that a call fails with; undefined when it succeeds or fails otherwise. */
export async function reasonOf(
  call: Promise<unknown>,
): Promise<Readonly<Record<string, string>> | undefined> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const found = errorReason(error);
  return found && { reason: found.reason, ...found.metadata };
}
