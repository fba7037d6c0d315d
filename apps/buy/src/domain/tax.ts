/** Which tax rate applies to a product. The names are those of the contract without its prefix. */
export type TaxCategory = "STANDARD" | "REDUCED" | "ZERO";

interface CountryRates {
  readonly standard: number;
  readonly reduced: number;
}

// Value added tax in basis points, by where a parcel goes: the United Kingdom and the European Union as of 2026 (European Commission, Taxes in
// Europe database; gov.uk/vat-rates). Of several reduced rates it is the highest, parking rates aside; Denmark has none.
const RATES: Readonly<Record<string, CountryRates>> = {
  AT: { standard: 2000, reduced: 1300 },
  BE: { standard: 2100, reduced: 1200 },
  BG: { standard: 2000, reduced: 900 },
  CY: { standard: 1900, reduced: 900 },
  CZ: { standard: 2100, reduced: 1200 },
  DE: { standard: 1900, reduced: 700 },
  DK: { standard: 2500, reduced: 2500 },
  EE: { standard: 2400, reduced: 1300 },
  ES: { standard: 2100, reduced: 1000 },
  FI: { standard: 2550, reduced: 1350 },
  FR: { standard: 2000, reduced: 1000 },
  GB: { standard: 2000, reduced: 500 },
  GR: { standard: 2400, reduced: 1300 },
  HR: { standard: 2500, reduced: 1300 },
  HU: { standard: 2700, reduced: 1800 },
  IE: { standard: 2300, reduced: 1350 },
  IT: { standard: 2200, reduced: 1000 },
  LT: { standard: 2100, reduced: 1200 },
  LU: { standard: 1700, reduced: 800 },
  LV: { standard: 2100, reduced: 1200 },
  MT: { standard: 1800, reduced: 700 },
  NL: { standard: 2100, reduced: 900 },
  PL: { standard: 2300, reduced: 800 },
  PT: { standard: 2300, reduced: 1300 },
  RO: { standard: 2100, reduced: 1100 },
  SE: { standard: 2500, reduced: 1200 },
  SI: { standard: 2200, reduced: 950 },
  SK: { standard: 2300, reduced: 1900 },
};

const BASIS_POINTS_OF_ONE = 10_000n;

/** The rate in basis points (2000 is 20 %). A country outside both is an export: no tax. */
export function taxBasisPoints(countryCode: string, category: TaxCategory): number {
  const rates = RATES[countryCode];
  if (!rates || category === "ZERO") return 0;
  return category === "REDUCED" ? rates.reduced : rates.standard;
}

/** Tax on an amount of 0 or more, in minor units, rounded half up. */
export function taxOn(amountMinor: bigint, basisPoints: number): bigint {
  return (amountMinor * BigInt(basisPoints) + BASIS_POINTS_OF_ONE / 2n) / BASIS_POINTS_OF_ONE;
}
