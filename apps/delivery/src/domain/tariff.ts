import { maxParcelGrams, type Packing } from "./packing.js";
import type { ServiceLevel } from "./service-level.js";
import type { Zone } from "./zone.js";

/** ISO 4217 code of every price in the tariff. */
export const tariffCurrency = "GBP";

/** The price of one parcel up to a weight, in minor units. */
interface WeightStep {
  readonly upToGrams: number;
  readonly priceMinor: bigint;
}

/** How one zone is served at one level. */
export interface Service {
  /** Rising in weight; the last step reaches `maxParcelGrams`. */
  readonly steps: readonly WeightStep[];
  /** Working days after dispatch: the first and the last day on which it arrives. */
  readonly transitDays: readonly [first: number, last: number];
}

const weightSteps = [1_000, 2_000, 5_000, 10_000, 20_000, maxParcelGrams] as const;

type PricesMinor = readonly [bigint, bigint, bigint, bigint, bigint, bigint];

function service(prices: PricesMinor, transitDays: Service["transitDays"]): Service {
  return {
    steps: weightSteps.map((upToGrams, step) => ({ upToGrams, priceMinor: prices[step] as bigint })),
    transitDays,
  };
}

const tariff: Readonly<Record<Zone, Readonly<Partial<Record<ServiceLevel, Service>>>>> = {
  MAINLAND: {
    STANDARD: service([295n, 345n, 495n, 695n, 995n, 1295n], [2, 3]),
    EXPRESS: service([595n, 695n, 895n, 1195n, 1695n, 2195n], [1, 1]),
    SLOT: service([495n, 545n, 695n, 895n, 1195n, 1495n], [1, 14]),
  },
  REMOTE: {
    STANDARD: service([495n, 595n, 795n, 1195n, 1795n, 2395n], [3, 5]),
    EXPRESS: service([1195n, 1395n, 1795n, 2495n, 3595n, 4695n], [2, 2]),
  },
  EUROPE_NEAR: {
    STANDARD: service([895n, 1095n, 1495n, 2195n, 3295n, 4395n], [3, 5]),
    EXPRESS: service([1995n, 2395n, 3295n, 4795n, 7295n, 9795n], [2, 3]),
  },
  EUROPE_FAR: {
    STANDARD: service([1195n, 1495n, 2095n, 3095n, 4795n, 6495n], [4, 7]),
    EXPRESS: service([2595n, 3195n, 4495n, 6595n, 9995n, 13395n], [2, 4]),
  },
  WORLD: {
    STANDARD: service([1595n, 2195n, 3695n, 6195n, 10995n, 15795n], [7, 14]),
    EXPRESS: service([3595n, 4795n, 7895n, 12995n, 22995n, 32995n], [3, 5]),
  },
};

/** How a zone is served, level by level. */
export function servicesOf(zone: Zone): readonly (readonly [ServiceLevel, Service])[] {
  return Object.entries(tariff[zone]) as [ServiceLevel, Service][];
}

/** The price of a packing in minor units: full parcels at the last step, what remains at the first step that takes it. */
export function priceMinor(service: Service, packing: Packing): bigint {
  const fullParcels = packing.parcels - 1n;
  const restGrams = packing.billableGrams - fullParcels * BigInt(maxParcelGrams);
  return (
    fullParcels * stepFor(service, BigInt(maxParcelGrams)).priceMinor + stepFor(service, restGrams).priceMinor
  );
}

function stepFor(service: Service, grams: bigint): WeightStep {
  const step = service.steps.find((candidate) => grams <= BigInt(candidate.upToGrams));
  if (!step) throw new RangeError(`no weight step takes ${grams} g`);
  return step;
}
