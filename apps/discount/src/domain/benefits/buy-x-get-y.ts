import { shareOf } from "../amount.js";
import type { BasketLine } from "../basket.js";
import type { BuyXGetY } from "../campaign.js";
import { compareAmount, compareText } from "../compare.js";

/**
 * The given units are the cheapest by unit price, a tie going to the smaller line id. A given unit is worth its even share
 * of what is left of its line. Lines without a price neither count as bought nor use up what is given.
 *
 * @param inScope lines in the campaign's scope
 * @param all every line of the basket, among which reward products are looked for
 */
export function buyXGetY(
  benefit: BuyXGetY,
  inScope: readonly BasketLine[],
  all: readonly BasketLine[],
  left: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  const rewardSkus = new Set(benefit.rewardSkus);
  const sameProducts = rewardSkus.size === 0;
  const bought = inScope.filter((line) => line.unitPriceMinor > 0n && !rewardSkus.has(line.sku));
  const rewards = sameProducts
    ? bought
    : all.filter((line) => line.unitPriceMinor > 0n && rewardSkus.has(line.sku));
  const given = sameProducts ? givenOfSame(benefit, units(bought)) : givenOfOthers(benefit, units(bought));
  return takeCheapest(benefit, rewards, given, left);
}

function units(lines: readonly BasketLine[]): number {
  return lines.reduce((count, line) => count + line.quantity, 0);
}

/** Units that are given when the given ones come out of the bought ones; an unfinished deal gives what it can. */
function givenOfSame(benefit: BuyXGetY, count: number): number {
  const size = benefit.buyQuantity + benefit.getQuantity;
  const full = Math.floor(count / size);
  const started = Math.max(0, count - full * size - benefit.buyQuantity);
  return atMostApplications(benefit, full * benefit.getQuantity + started);
}

/** Units that are given of other products. */
function givenOfOthers(benefit: BuyXGetY, count: number): number {
  return atMostApplications(benefit, Math.floor(count / benefit.buyQuantity) * benefit.getQuantity);
}

function atMostApplications(benefit: BuyXGetY, given: number): number {
  return benefit.maxApplications === 0
    ? given
    : Math.min(given, benefit.maxApplications * benefit.getQuantity);
}

function takeCheapest(
  benefit: BuyXGetY,
  rewards: readonly BasketLine[],
  given: number,
  left: ReadonlyMap<string, bigint>,
): ReadonlyMap<string, bigint> {
  const cheapestFirst = [...rewards].sort(
    (a, b) => compareAmount(a.unitPriceMinor, b.unitPriceMinor) || compareText(a.id, b.id),
  );
  const taken = new Map<string, bigint>();
  let open = given;
  for (const line of cheapestFirst) {
    const count = Math.min(open, line.quantity);
    const worth = ((left.get(line.id) ?? 0n) * BigInt(count)) / BigInt(line.quantity);
    taken.set(line.id, shareOf(worth, benefit.basisPoints));
    open -= count;
  }
  return taken;
}
