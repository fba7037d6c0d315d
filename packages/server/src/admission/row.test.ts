import { describe, expect, it } from "@jest/globals";
import { Row, Standing } from "./row.js";

class Person extends Standing {
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

function rowOf(...names: string[]) {
  const row = new Row<Person>();
  const people = names.map((name) => new Person(name));
  for (const person of people) row.push(person);
  const order = () => [[...row].map((it) => it.name).join(""), row.size, row.first?.name, row.last?.name];
  return { row, people, order };
}

describe("Row", () => {
  it("keeps the order in which they came", () => {
    expect(rowOf("a", "b", "c").order()).toEqual(["abc", 3, "a", "c"]);
  });

  it.each([
    [0, ["bc", 2, "b", "c"]],
    [1, ["ac", 2, "a", "c"]],
    [2, ["ab", 2, "a", "b"]],
  ])("closes up behind number %d when it leaves", (index, expected) => {
    const { row, people, order } = rowOf("a", "b", "c");
    row.remove(people[index] as Person);
    expect(order()).toEqual(expected);
  });

  it("takes back who has left, at its end", () => {
    const { row, people, order } = rowOf("a", "b");
    row.remove(people[0] as Person);
    row.push(people[0] as Person);
    expect(order()).toEqual(["ba", 2, "b", "a"]);
  });

  it("can be left by each as it is walked through", () => {
    const { row, order } = rowOf("a", "b", "c");
    for (const person of row) row.remove(person);
    expect(order()).toEqual(["", 0, undefined, undefined]);
  });
});
