import { Code } from "@connectrpc/connect";
import type { ReflectionIndex } from "./reflection-index.js";

// v1 and v1alpha have the same messages under other names; these are their shapes without the names.
interface Request {
  readonly host: string;
  readonly messageRequest: Question;
}
type Question =
  | { case: "fileContainingExtension"; value: { containingType: string; extensionNumber: number } }
  | {
      case: "fileByFilename" | "fileContainingSymbol" | "allExtensionNumbersOfType" | "listServices";
      value: string;
    }
  | { case: undefined; value?: undefined };
interface Response {
  readonly validHost: string;
  readonly messageResponse: Answer;
}
type Answer =
  | { case: "listServicesResponse"; value: { service: { name: string }[] } }
  | { case: "fileDescriptorResponse"; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: "allExtensionNumbersResponse"; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: "errorResponse"; value: { errorCode: number; errorMessage: string } };

/** Answers one question about the contract. */
export function reflectionAnswer(index: ReflectionIndex, request: Request): Response {
  return { validHost: request.host, messageResponse: answer(index, request.messageRequest) };
}

function answer(index: ReflectionIndex, question: Question): Answer {
  switch (question.case) {
    case "listServices":
      return {
        case: "listServicesResponse",
        value: { service: index.serviceNames.map((name) => ({ name })) },
      };
    case "fileByFilename":
      return files(index.byFilename(question.value), question.value);
    case "fileContainingSymbol":
      return files(index.bySymbol(question.value), question.value);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = question.value;
      return files(
        index.byExtension(containingType, extensionNumber),
        `${containingType}[${extensionNumber}]`,
      );
    }
    case "allExtensionNumbersOfType":
      return numbers(index, question.value);
    default:
      return {
        case: "errorResponse",
        value: { errorCode: Code.InvalidArgument, errorMessage: "asks nothing" },
      };
  }
}

function files(found: Uint8Array[] | undefined, name: string): Answer {
  if (!found) return notFound(name);
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto: found } };
}

function numbers(index: ReflectionIndex, typeName: string): Answer {
  const extensionNumber = index.extensionNumbers(typeName);
  if (!extensionNumber) return notFound(typeName);
  return { case: "allExtensionNumbersResponse", value: { baseTypeName: typeName, extensionNumber } };
}

function notFound(name: string): Answer {
  return {
    case: "errorResponse",
    value: { errorCode: Code.NotFound, errorMessage: `${name} is not known here` },
  };
}
