/** A product that the shop opens with. */
export interface SeedProduct {
  sku: string;
  name: string;
  description: string;
  /** Pence, before tax. */
  priceMinor: bigint;
  collections: string[];
  weightGrams: number;
  /** Units received before the shop opens. */
  stock: bigint;
}

/** Small enough to read, varied enough for every kind of discount and parcel. */
export const seedCatalogue: readonly SeedProduct[] = [
  product(
    "LAMP-OAK-01",
    "Oak desk lamp",
    "Turned oak foot, linen shade, E14 socket.",
    4_900n,
    ["lighting", "desk"],
    1_450,
  ),
  product(
    "LAMP-BRASS-02",
    "Brass reading lamp",
    "Brushed brass, dimmable, one metre of cable.",
    7_250n,
    ["lighting"],
    1_900,
  ),
  product(
    "MUG-STONE-01",
    "Stoneware mug",
    "Glazed by hand; 300 ml; every one a little different.",
    1_250n,
    ["kitchen"],
    380,
  ),
  product(
    "MUG-STONE-04",
    "Stoneware mugs, set of four",
    "Four of our mugs in a box.",
    4_400n,
    ["kitchen", "gifts"],
    1_650,
  ),
  product("TEA-ASSAM-250", "Assam tea, 250 g", "Loose leaf, second flush.", 895n, ["kitchen", "gifts"], 290),
  product(
    "TEAPOT-GLASS-01",
    "Glass teapot",
    "Heat-proof glass with a strainer; one litre.",
    2_650n,
    ["kitchen"],
    820,
  ),
  product(
    "NOTE-A5-LIN",
    "Linen notebook A5",
    "192 dotted pages that lie flat.",
    1_400n,
    ["desk", "gifts"],
    310,
  ),
  product("PEN-FOUNTAIN-F", "Fountain pen, fine", "Steel nib, piston filler.", 3_800n, ["desk", "gifts"], 45),
  product("INK-BLUE-50", "Ink, midnight blue, 50 ml", "Dries fast, does not fade.", 780n, ["desk"], 160),
  product("BLANKET-WOOL-01", "Wool blanket", "Pure new wool, 140 by 200 cm.", 8_900n, ["home"], 1_300),
  product(
    "CANDLE-BEES-02",
    "Beeswax candles, pair",
    "Burn for about nine hours each.",
    1_150n,
    ["home", "gifts"],
    420,
  ),
  product(
    "GIFTCARD-25",
    "Gift card, £25",
    "Sent with the parcel's papers; weighs nothing.",
    2_500n,
    ["gifts"],
    0,
  ),
];

/** The campaigns that the shop opens with: one by code, one that applies by itself. */
export const seedCampaigns = {
  welcome: {
    code: "WELCOME10",
    name: "Welcome, by code",
    title: "10 % off your first orders",
    basisPoints: 1_000,
    perCustomer: 3n,
  },
  shipping: { name: "Free shipping from £75", title: "Free shipping from £75", minimumSpendMinor: 7_500n },
} as const;

function product(
  sku: string,
  name: string,
  description: string,
  priceMinor: bigint,
  collections: string[],
  weightGrams: number,
): SeedProduct {
  return { sku, name, description, priceMinor, collections, weightGrams, stock: 250n };
}
