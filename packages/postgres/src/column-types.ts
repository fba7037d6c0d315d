import pg from "pg";

const text = (value: string) => value;
const int8Array = 1016;
const dateArray = 1182;
const timestampArray = 1115;
// The type declarations know only the oids of scalar types.
const textArrayOid = 1009 as number as Parameters<typeof pg.types.getTypeParser>[0];
const textArray: (value: string) => (string | null)[] = pg.types.getTypeParser(textArrayOid);

const parsers = new Map<number, (value: string) => unknown>([
  [pg.types.builtins.INT8, BigInt],
  [int8Array, (value) => textArray(value).map((item) => (item === null ? null : BigInt(item)))],
  // Without a time zone, a Date would take on the zone of whichever machine reads it.
  [pg.types.builtins.DATE, text],
  [pg.types.builtins.TIMESTAMP, text],
  [dateArray, textArray],
  [timestampArray, textArray],
]);

/** How column values become JavaScript values, for one pool: pg's own parsers are global and stay untouched. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    const own = format === "binary" ? undefined : parsers.get(oid);
    return own ?? pg.types.getTypeParser(oid, format as "text");
  }) as typeof pg.types.getTypeParser,
};
