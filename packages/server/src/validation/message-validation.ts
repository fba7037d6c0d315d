import { create, type DescMessage, type Message } from "@bufbuild/protobuf";
import { CompilationError, type ValidationResult } from "@bufbuild/protovalidate";
import { anything, type Check } from "./check.js";
import { compileMessage } from "./compile-message.js";
import { ContractFault } from "./contract-fault.js";
import { leftSchema } from "./left-schema.js";
import { libraryFor } from "./library.js";

/** Holds messages of one type against the rules of their contract, and their texts against one rule of ours: no NUL characters. */
export interface MessageValidation {
  /** Whether a message keeps to all of them. False for the few that only `judge` can tell of, too. */
  passes(message: Message): boolean;
  /** What the library says of a message, with every violation of its rules; it knows nothing of ours. */
  judge(message: Message): ValidationResult;
}

const compiled = new WeakMap<DescMessage, MessageValidation>();

/**
 * The validation of a message type, compiled when it is first asked for.
 *
 * @throws ContractFault where the rules of the type, or of one that it holds, make no sense, or are unknown here
 */
export function validationOf(desc: DescMessage): MessageValidation {
  const known = compiled.get(desc) ?? compile(desc);
  compiled.set(desc, known);
  return known;
}

function compile(desc: DescMessage): MessageValidation {
  const { check = anything } = compileMessage(desc);
  const types = typesIn(desc);
  const library = libraryFor(desc.file);
  for (const type of types) {
    const { error } = library.validate(type, create(type));
    if (error instanceof CompilationError) throw new ContractFault(type, error.message);
  }
  const isLeft = [...types].some((it) => compileMessage(it).left.isLeft);
  return {
    passes: isLeft ? withLeft(check, leftSchema(desc)) : check,
    judge: (message) => library.validate(desc, message),
  };
}

/** The compiled check, and after it what the library has to say of the rules that were left to it. */
function withLeft(check: Check, left: DescMessage): Check<Message> {
  const library = libraryFor(left.file);
  // The library plans a type with its first message, which shall not be a caller's.
  library.validate(left, create(left));
  return (message) => check(message) && library.validate(left, message).kind === "valid";
}

/** A type and all that are looked into with it. */
function typesIn(desc: DescMessage): ReadonlySet<DescMessage> {
  const types = new Set([desc]);
  for (const type of types) for (const held of compileMessage(type).holds) types.add(held);
  return types;
}
