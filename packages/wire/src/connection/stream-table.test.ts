import { seededRandom } from "@charter/testing";
import { describe, expect, it } from "@jest/globals";
import type { Stream } from "./stream.js";
import { StreamTable } from "./stream-table.js";

const stream = (id: number) => ({ id }) as Stream;

describe("StreamTable", () => {
  it("holds what a map would hold, whatever comes and goes, also where many ids have the same place", () => {
    const random = seededRandom();
    return random.reporting(() => {
      const table = new StreamTable();
      const expected = new Map<number, Stream>();
      let lastId = 1;
      for (let step = 0; step < 20_000; step += 1) {
        const ids = [...expected.keys()];
        if (random.next() < 0.5 || ids.length === 0) {
          // Ids may leave out others: 128 apart they want the same place in a small table.
          lastId += random.next() < 0.3 ? 128 : 2;
          expected.set(lastId, stream(lastId));
          table.add(expected.get(lastId) as Stream);
        } else {
          const gone = ids[Math.floor(random.next() * ids.length)] as number;
          table.delete(expected.get(gone) as Stream);
          expected.delete(gone);
          expect(table.get(gone)).toBeUndefined();
        }
        expect(table.size).toBe(expected.size);
        const asked = ids[Math.floor(random.next() * ids.length)] ?? 1;
        expect(table.get(asked)).toBe(expected.get(asked));
      }
      const byId = (one: Stream, other: Stream) => one.id - other.id;
      expect(table.values().toSorted(byId)).toEqual([...expected.values()].toSorted(byId));
    });
  });

  it("takes no notice when one is deleted that it does not hold", () => {
    const table = new StreamTable();
    table.add(stream(1));
    table.delete(stream(3));
    expect([table.size, table.get(1)?.id]).toEqual([1, 1]);
  });
});
