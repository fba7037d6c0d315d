import type { DescService } from "@bufbuild/protobuf";
import { ServerReflection } from "@charter/contract/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ServerReflectionAlpha } from "@charter/contract/grpc/reflection/v1alpha/reflection_pb.js";
import type { InfrastructureService } from "../endpoints.js";
import { type Implementation, implement } from "../implement.js";
import { reflectionAnswer } from "./reflection-answer.js";
import { createReflectionIndex, type ReflectionIndex } from "./reflection-index.js";

/** grpc.reflection.v1 and v1alpha over the contracts that the server serves, so that tools need no proto files. */
export function reflectionServices(services: readonly DescService[]): InfrastructureService[] {
  const index = createReflectionIndex([...services, ServerReflection, ServerReflectionAlpha]);
  return [implementV1(index), implementAlpha(index)].map((implementation) => ({
    implementation,
    policy: { auth: { kind: { case: "public", value: true } }, log: { level: 1 } },
    servesWhileDraining: false,
  }));
}

function implementV1(index: ReflectionIndex): Implementation {
  return implement(ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) yield reflectionAnswer(index, request);
    },
  });
}

/** The two versions have the same messages under other names. */
function implementAlpha(index: ReflectionIndex): Implementation {
  return implement(ServerReflectionAlpha, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) yield reflectionAnswer(index, request);
    },
  });
}
