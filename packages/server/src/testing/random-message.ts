import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { create, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import type { SeededRandom } from "@charter/testing";
import type { RandomValues } from "./random-values.js";

const MAX_DEPTH = 3;

/** Makes messages of any type, most of whose fields are set. */
export class RandomMessage {
  readonly #random: SeededRandom;
  readonly #values: RandomValues;

  constructor(random: SeededRandom, values: RandomValues) {
    this.#random = random;
    this.#values = values;
  }

  of(desc: DescMessage): Message {
    return this.#message(desc, 0).message;
  }

  #message(desc: DescMessage, depth: number): ReflectMessage {
    const known = this.#values.wellKnown(desc.typeName) ?? this.#struct(desc);
    // Without the checks of what may be in a field, for values off the wire have none either.
    const message = reflect(desc, known ?? create(desc), false);
    if (known) return message;
    for (const field of desc.fields) if (this.#random.next() < 0.8) this.#set(message, field, depth);
    return message;
  }

  #struct(desc: DescMessage): Message | undefined {
    if (desc.typeName !== StructSchema.typeName) return undefined;
    return create(StructSchema, {
      fields: { a: { kind: { case: "stringValue", value: this.#values.text() } } },
    });
  }

  #set(message: ReflectMessage, field: DescField, depth: number): void {
    if (field.message && depth >= MAX_DEPTH) return;
    switch (field.fieldKind) {
      case "list": {
        const list = message.get(field);
        for (const value of this.#some(field, depth)) list.add(value as never);
        return;
      }
      case "map": {
        const map = message.get(field);
        for (const value of this.#some(field, depth))
          map.set(this.#values.scalar(field.mapKey) as never, value);
        return;
      }
      default:
        message.set(field, this.#value(field, depth));
    }
  }

  #some(field: DescField, depth: number): unknown[] {
    // Messages in lists of messages would soon be many.
    return field.message ? [this.#value(field, depth)] : this.#values.some(() => this.#value(field, depth));
  }

  #value(field: DescField, depth: number): unknown {
    if (field.message) return this.#message(field.message, depth + 1);
    if (field.enum) return this.#random.pick([0, 1, 5, 7]);
    return this.#values.scalar(field.scalar ?? ScalarType.INT32);
  }
}
