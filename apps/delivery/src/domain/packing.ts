/** Equal things to be packed. A side of 0 is unknown. */
export interface PackItem {
  readonly quantity: number;
  readonly weightGrams: number;
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

/** What is paid for: the billable weight of everything together, and how many parcels it takes. */
export interface Packing {
  readonly billableGrams: bigint;
  readonly parcels: bigint;
}

/** The heaviest parcel that a carrier takes, by billable weight. */
export const maxParcelGrams = 30_000;

/** The longest side that a carrier takes. */
export const maxSideMm = 1_500;

/** 5,000 cm³ count as one kilogram, hence 5,000 mm³ as one gram; the divisor that road carriers use. */
const mm3PerGram = 5_000n;

/** Whether a single one of the items fits no parcel. */
export function tooLarge(item: PackItem): boolean {
  const longest = Math.max(item.lengthMm, item.widthMm, item.heightMm);
  return (
    item.weightGrams > maxParcelGrams ||
    longest > maxSideMm ||
    volumetricGrams(volumeMm3(item)) > maxParcelGrams
  );
}

/** Packs everything together: the larger of actual and volumetric weight, in as few full parcels as it takes, at least one. */
export function pack(items: readonly PackItem[]): Packing {
  let actualGrams = 0n;
  let totalMm3 = 0n;
  for (const item of items) {
    actualGrams += BigInt(item.quantity) * BigInt(item.weightGrams);
    totalMm3 += BigInt(item.quantity) * volumeMm3(item);
  }
  const volumetric = volumetricGrams(totalMm3);
  const billableGrams = actualGrams > volumetric ? actualGrams : volumetric;
  const parcels = ceilDiv(billableGrams, BigInt(maxParcelGrams));
  return { billableGrams, parcels: parcels > 0n ? parcels : 1n };
}

function volumeMm3(item: PackItem): bigint {
  return BigInt(item.lengthMm) * BigInt(item.widthMm) * BigInt(item.heightMm);
}

function volumetricGrams(mm3: bigint): bigint {
  return ceilDiv(mm3, mm3PerGram);
}

function ceilDiv(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
