import { create, type DescService, getExtension, setExtension } from "@bufbuild/protobuf";
import { MethodOptionsSchema } from "@bufbuild/protobuf/wkt";
import { method, PolicySchema, RetrySchema } from "@charter/contract/charter/v1/options_pb.js";

/**
 * Takes retries, hedges and fallbacks out of the contracts as this process knows them, so that its clients show every failure that a server
 * gave. It must run before the first channel calls these services.
 */
export function bareCalls(...services: readonly DescService[]): void {
  for (const { proto } of services.flatMap((service) => service.methods)) {
    proto.options ??= create(MethodOptionsSchema);
    const declared = getExtension(proto.options, method);
    const { hedge: _hedge, fallback: _fallback, $typeName: _type, ...rest } = declared;
    const retry = create(RetrySchema, { maxAttempts: 1 });
    setExtension(proto.options, method, create(PolicySchema, { ...rest, retry }));
  }
}
