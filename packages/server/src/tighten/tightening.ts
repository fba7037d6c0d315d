import { z } from "zod";

const atLeastOne = z.int().min(1);
const rate = z.strictObject({
  key: z.enum(["address", "subject", "caller", "global"]),
  requests: atLeastOne,
  perMs: atLeastOne,
  burst: atLeastOne.optional(),
});

const tightening = z.strictObject({
  /** True: every call is refused with UNAVAILABLE. */
  disabled: z.boolean().optional(),
  deadline: z.strictObject({ maxMs: atLeastOne }).optional(),
  payload: z
    .strictObject({ maxRequestBytes: atLeastOne.optional(), maxResponseBytes: atLeastOne.optional() })
    .optional(),
  stream: z
    .strictObject({
      maxIdleMs: atLeastOne.optional(),
      maxAgeMs: atLeastOne.optional(),
      maxMessages: atLeastOne.optional(),
    })
    .optional(),
  concurrency: z.strictObject({ maxInFlight: atLeastOne }).optional(),
  /** Acts beside the rates of the contract. */
  rate: z.array(rate).max(8).optional(),
});

/** By service ("shop.buy.v1.OrderService") or method ("shop.buy.v1.OrderService/PlaceOrder"); what both say, the method decides. */
const file = z.record(z.string(), tightening);

/** What an operator takes away from a method for now. */
export type Tightening = z.infer<typeof tightening>;

/** Everything that an operator takes away. */
export type Tightenings = Readonly<Record<string, Tightening>>;

/** Reads the text of a file. @throws Error saying where it is wrong */
export function parseTightenings(text: string): Tightenings {
  const result = file.safeParse(JSON.parse(text));
  if (!result.success) throw new Error(z.prettifyError(result.error));
  return result.data;
}
