import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Principal } from "@charter/identity";
import { migrate, openDatabase } from "@charter/postgres";
import { createTestDatabase, ManualClock } from "@charter/testing";
import { Deadline, systemClock } from "@charter/time";
import {
  type CampaignSpecSchema,
  DiscountClass,
  Trigger,
} from "@shop/contract/shop/discount/v1/campaign_pb.js";
import {
  CommitRedemptionRequestSchema,
  CreateCampaignRequestSchema,
  EvaluateRequestSchema,
  ReleaseRedemptionRequestSchema,
  ReserveRedemptionRequestSchema,
  RollbackRedemptionRequestSchema,
} from "@shop/contract/shop/discount/v1/discount_service_pb.js";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { commitRedemption } from "../handlers/commit-redemption.js";
import { createCampaign } from "../handlers/create-campaign.js";
import type { CallContext } from "../handlers/discount-deps.js";
import { evaluate } from "../handlers/evaluate.js";
import { releaseRedemption } from "../handlers/release-redemption.js";
import { reserveRedemption } from "../handlers/reserve-redemption.js";
import { rollbackRedemption } from "../handlers/rollback-redemption.js";
import { invariants } from "../invariants.js";
import { migrations } from "../migrations/index.js";
import type { Schema } from "../store/schema.js";

export const operator: Principal = {
  kind: "user",
  subject: uuidv7(),
  roles: ["operator"],
  scopes: [],
  sessionId: uuidv7(),
};
export const buy: Principal = { kind: "service", service: "buy" };

/** A call by `principal` that nothing hurries. */
export function callBy(principal: Principal): CallContext {
  return { principal, deadline: Deadline.after(systemClock, 60_000), signal: new AbortController().signal };
}

export const pounds = (minor: bigint) => ({ currencyCode: "GBP", minor });

/** A spec as a literal; a whole message would carry types of its own into the spread. */
export type SpecInit = Exclude<MessageInitShape<typeof CampaignSpecSchema>, { $typeName: string }>;

/** A spec that takes 1.00 GBP off any order by the code, changed as a test needs it. */
export function aSpec(code: string, change: SpecInit = {}): SpecInit {
  return {
    name: `Test ${code}`,
    title: "Welcome",
    trigger: Trigger.CODE,
    codes: [code],
    benefit: { kind: { case: "fixedAmount", value: { amount: pounds(100n) } } },
    scope: { kind: { case: "order", value: {} } },
    combinesWith: [DiscountClass.PRODUCT, DiscountClass.ORDER, DiscountClass.SHIPPING],
    ...change,
  };
}

/** The service's handlers over a database of their own and a clock that stands still. */
export async function openHarness({ maxConnections = 10, connectTimeoutMs = 5_000 } = {}) {
  const database = await createTestDatabase();
  const db = openDatabase<Schema>({
    url: database.url,
    applicationName: "discount-test",
    maxConnections,
    connectTimeoutMs,
  });
  await migrate(db, migrations);
  const clock = new ManualClock();
  const deps = { db, clock };
  const call = callBy(buy);
  let keys = 0;

  return {
    ...deps,
    /** Creates a campaign and answers its id. */
    async campaign(spec: MessageInitShape<typeof CampaignSpecSchema>): Promise<string> {
      keys += 1;
      const request = create(CreateCampaignRequestSchema, { idempotencyKey: `campaign-${keys}`, spec });
      const { campaign } = await createCampaign(deps)(request, callBy(operator));
      return campaign?.campaignId ?? "";
    },
    evaluate(basket: MessageInitShape<typeof EvaluateRequestSchema>["basket"], at?: Date) {
      const request = create(EvaluateRequestSchema, {
        ...(basket && { basket }),
        ...(at && { evaluateTime: { seconds: BigInt(Math.floor(at.getTime() / 1_000)) } }),
      });
      return evaluate(deps)(request);
    },
    /** Reserves 1.00 GBP of a campaign, changed as a test needs it. */
    reserve(
      redemptionId: string,
      campaignId: string,
      change: { customerId?: string; orderId?: string; code?: string; minor?: bigint; ttlS?: number } = {},
    ) {
      const { minor = 100n, code = "", ...rest } = change;
      const items = [{ campaignId, code, amount: pounds(minor) }];
      return this.reserveItems(redemptionId, items, rest);
    },
    reserveItems(
      redemptionId: string,
      items: MessageInitShape<typeof ReserveRedemptionRequestSchema>["items"],
      change: { customerId?: string; orderId?: string; ttlS?: number } = {},
    ) {
      const ids = { orderId: uuidv7(), customerId: uuidv7() };
      const request = { redemptionId, items: items ?? [], ...ids, ...change };
      return reserveRedemption(deps)(create(ReserveRedemptionRequestSchema, request), call);
    },
    commit: (redemptionId: string) =>
      commitRedemption(deps)(create(CommitRedemptionRequestSchema, { redemptionId }), call),
    release: (redemptionId: string) =>
      releaseRedemption(deps)(create(ReleaseRedemptionRequestSchema, { redemptionId }), call),
    rollback: (redemptionId: string) =>
      rollbackRedemption(deps)(create(RollbackRedemptionRequestSchema, { redemptionId }), call),
    /** The rows that break an invariant; none where all hold. */
    async violations(): Promise<unknown[]> {
      const found: unknown[] = [];
      for (const invariant of invariants) {
        const { rows } = await sql.raw(`SELECT * FROM (${invariant.sql}) AS violation`).execute(db);
        found.push(...rows.map((row) => ({ invariant: invariant.title, row })));
      }
      return found;
    },
    async close() {
      await db.close();
      await database.drop();
    },
  };
}

export type Harness = Awaited<ReturnType<typeof openHarness>>;
