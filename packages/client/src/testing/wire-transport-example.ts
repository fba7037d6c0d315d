import { createWireTransport } from "@charter/client";
import {
  Health,
  HealthCheckResponse_ServingStatus as Status,
} from "@charter/contract/grpc/health/v1/health_pb.js";
import { createClient } from "@connectrpc/connect";

export async function isServing(baseUrl: string): Promise<boolean> {
  const transport = createWireTransport({ baseUrl });
  const { status } = await createClient(Health, transport).check({}, { timeoutMs: 1_000 });
  await transport.close();
  return status === Status.SERVING;
}
