/**
 * The decoded fields of one header block. Blocks of equal bytes share one object as long as the tables have not changed, so whoever
 * derives something of a block (a route, a check) may keep it in `memo` and find it there at the next call.
 */
export class HeaderBlock {
  /** Names and values in turn, in the order of the wire; characters are bytes (Latin-1). */
  readonly fields: readonly string[];
  /** Owned by the layer above. */
  memo: unknown;

  constructor(fields: readonly string[]) {
    this.fields = fields;
    this.memo = undefined;
  }

  /** The value of the first field of that name; undefined where there is none. */
  get(name: string): string | undefined {
    const { fields } = this;
    for (let index = 0; index < fields.length; index += 2)
      if (fields[index] === name) return fields[index + 1];
    return undefined;
  }
}
