import { describe, expect, it } from "@jest/globals";
import { maxParcelGrams, maxSideMm, type PackItem, pack, tooLarge } from "./packing.js";

const item = (over: Partial<PackItem> = {}): PackItem => ({
  quantity: 1,
  weightGrams: 500,
  lengthMm: 0,
  widthMm: 0,
  heightMm: 0,
  ...over,
});

describe("pack", () => {
  it("takes the actual weight where the things are heavy for their size", () => {
    const packed = pack([
      item({ quantity: 3, weightGrams: 700, lengthMm: 100, widthMm: 100, heightMm: 100 }),
    ]);
    expect(packed).toEqual({ billableGrams: 2_100n, parcels: 1n });
  });

  it("takes the volumetric weight where they are large for their weight", () => {
    // 400 × 300 × 200 mm = 24,000 cm³ = 4.8 kg
    const packed = pack([item({ weightGrams: 900, lengthMm: 400, widthMm: 300, heightMm: 200 })]);
    expect(packed.billableGrams).toBe(4_800n);
  });

  it("rounds the volume up once, over everything together", () => {
    const packed = pack([item({ quantity: 3, weightGrams: 1, lengthMm: 101, widthMm: 101, heightMm: 1 })]);
    expect(packed.billableGrams).toBe(7n); // 30,603 mm³ / 5,000 = 6.12
  });

  it("fills parcels up to the last gram", () => {
    expect(pack([item({ quantity: 60 })]).parcels).toBe(1n);
    expect(pack([item({ quantity: 61 })]).parcels).toBe(2n);
  });

  it("stays exact where a float would not", () => {
    const items = Array.from({ length: 1_000 }, () =>
      item({ quantity: 100_000, weightGrams: 1, lengthMm: 531, widthMm: 531, heightMm: 531 }),
    );
    expect(pack(items).billableGrams).toBe(2_994_425_820_000n); // 531³ × 10⁸ / 5,000
  });
});

describe("tooLarge", () => {
  it.each([
    ["heavier than a parcel", item({ weightGrams: maxParcelGrams + 1 })],
    ["longer than a parcel", item({ heightMm: maxSideMm + 1 })],
    ["bulkier than a parcel", item({ lengthMm: 1_000, widthMm: 1_000, heightMm: 1_000 })],
  ])("refuses what is %s", (_, large) => {
    expect(tooLarge(large)).toBe(true);
  });

  it("takes what is exactly as large as a parcel may be", () => {
    expect(tooLarge(item({ weightGrams: maxParcelGrams, lengthMm: maxSideMm }))).toBe(false);
  });
});
