import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import {
  file as fileOption,
  method as methodOption,
  type Policy,
  service as serviceOption,
} from "@charter/contract/charter/v1/options_pb.js";

/** Where a value of a policy came from. */
export type Layer = "method" | "service" | "file" | "default";

/** The options that one descriptor carries. */
export interface OptionLayer {
  readonly layer: Layer;
  readonly policy: Policy;
}

/** The options that speak of a method, the nearest first. */
export function layersOf(method: DescMethod): OptionLayer[] {
  const layers: OptionLayer[] = [];
  const service = method.parent;
  if (hasOption(method, methodOption))
    layers.push({ layer: "method", policy: getOption(method, methodOption) });
  if (hasOption(service, serviceOption)) {
    layers.push({ layer: "service", policy: getOption(service, serviceOption) });
  }
  if (hasOption(service.file, fileOption)) {
    layers.push({ layer: "file", policy: getOption(service.file, fileOption) });
  }
  return layers;
}
