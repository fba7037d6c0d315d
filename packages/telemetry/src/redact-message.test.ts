import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { redactMessage } from "./redact-message.js";
import { AddressSchema, PersonSchema, registry } from "./testing/person-schema.js";

const redacted = (json: JsonObject) =>
  redactMessage(PersonSchema, fromJson(PersonSchema, json, { registry }), registry);

describe("redactMessage", () => {
  it("keeps what may be logged as protobuf JSON", () => {
    const json = {
      id: "p1",
      age: "41",
      photo: "AQID",
      score: 1.5,
      kind: "KIND_STAFF",
      born: "1980-02-03T04:05:06Z",
    };
    expect(redacted(json)).toEqual(json);
  });

  it("hides a field of any type", () => {
    expect(redacted({ name: "Ada", salary: "90000", hidden: { city: "London" } })).toEqual({
      name: "[redacted]",
      salary: "[redacted]",
      hidden: "[redacted]",
    });
  });

  it("leaves out what is not set", () => {
    expect(redacted({})).toEqual({});
  });

  it("looks into messages, lists, maps and oneofs", () => {
    const address = { city: "London", street: "Downing Street 10" };
    const safe = { city: "London", street: "[redacted]" };
    expect(redacted({ home: address })).toEqual({ home: safe });
    expect(redacted({ past: [address, address] })).toEqual({ past: [safe, safe] });
    expect(redacted({ places: { work: address } })).toEqual({ places: { work: safe } });
    expect(redacted({ office: address })).toEqual({ office: safe });
  });

  it("hides a secret list, map and oneof member as a whole", () => {
    expect(redacted({ nicknames: ["Ace"], secrets: { pin: "1234" }, email: "ada@example.com" })).toEqual({
      nicknames: "[redacted]",
      secrets: "[redacted]",
      email: "[redacted]",
    });
  });

  it("opens an Any whose type it knows", () => {
    const extra = { "@type": "type.googleapis.com/test.Address", city: "London", street: "x" };
    expect(redacted({ extra })).toEqual({ extra: { ...extra, street: "[redacted]" } });
  });

  it("shows the value of an Any that holds a well-known type", () => {
    const extra = { "@type": "type.googleapis.com/google.protobuf.Timestamp", value: "1980-02-03T04:05:06Z" };
    expect(redacted({ extra })).toEqual({ extra });
  });

  it("keeps an Any closed whose type it does not know or whose bytes are broken", () => {
    const address = create(AddressSchema, { street: "Downing Street 10" });
    const extra = anyPack(AddressSchema, address);
    const closed = { extra: { "@type": extra.typeUrl, value: "[redacted]" } };
    expect(redactMessage(PersonSchema, create(PersonSchema, { extra }))).toEqual(closed);
    const broken = { ...extra, value: new Uint8Array([0xff]) };
    expect(redactMessage(PersonSchema, create(PersonSchema, { extra: broken }), registry)).toEqual(closed);
  });

  it("says what has no JSON form instead of throwing", () => {
    const born = { seconds: 10n ** 15n, nanos: 0 };
    expect(redactMessage(PersonSchema, create(PersonSchema, { born, score: Number.NaN, kind: 99 }))).toEqual({
      born: "[invalid]",
      score: "NaN",
      kind: 99,
    });
  });

  it("ends at a bounded depth", () => {
    let person = create(PersonSchema, { id: "innermost" });
    for (let i = 0; i < 1_000; i++) person = create(PersonSchema, { friend: person });
    const json = JSON.stringify(redactMessage(PersonSchema, person));
    expect(json).toContain("[too deep]");
    expect(json).not.toContain("innermost");
  });
});
