import { createRegistry, type DescFile, type DescMessage, type Registry } from "@bufbuild/protobuf";
import { filesOf } from "../files-of.js";

/** As many as the contracts have files; those of a contract that is dropped go with it. */
const known = new WeakMap<DescFile, Registry>();

/**
 * The messages that a `google.protobuf.Any` may hold where it is written as JSON: those of the message's own file and of what it
 * imports. In protobuf's binary format an Any is only bytes and may hold anything.
 */
export function anyTypes({ file }: DescMessage): Registry {
  let registry = known.get(file);
  if (!registry) {
    registry = createRegistry(...filesOf(file));
    known.set(file, registry);
  }
  return registry;
}
