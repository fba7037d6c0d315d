import { ShelfService } from "@charter/contract/charter/testing/v1/shelf_service_pb.js";
import { type Implementation, implement } from "../index.js";
import { subjectOf } from "../principal-subject.js";

/** The test contract served as its comments say. `overrides` replaces single handlers. */
export function shelfImplementation(
  overrides: Parameters<typeof implement<typeof ShelfService>>[1] = {},
): Implementation {
  return implement(ShelfService, {
    echo: async ({ text, quantity }) => ({ text, quantity }),
    whoAmI: async (_, { principal }) => ({ subject: subjectOf(principal) ?? "" }),
    putItem: async ({ items }) => ({ count: items.length }),
    clearShelves: async () => ({}),
    lendItem: async () => ({}),
    async *listItems({ count }) {
      for (let index = 0; index < count; index += 1) yield { index };
    },
    countItems: async (requests) => {
      let sum = 0n;
      for await (const { quantity } of requests) sum += BigInt(quantity);
      return { sum };
    },
    async *converse(requests) {
      for await (const { text } of requests) yield { text: `${text}?` };
    },
    ...overrides,
  });
}
