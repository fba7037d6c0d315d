import { create, ScalarType } from "@bufbuild/protobuf";
import {
  AnySchema,
  DurationSchema,
  FieldMaskSchema,
  TimestampSchema,
  timestampFromMs,
} from "@bufbuild/protobuf/wkt";
import type { SeededRandom } from "@charter/testing";

/** Texts that are one or another of protovalidate's formats, or nearly. */
const TEXTS = [
  ...[
    "",
    " ",
    "a b",
    "a\n",
    "a\r",
    "a\tb",
    "a\u0001b",
    "content type",
    "text/html; charset=utf-8",
    "http://a b",
  ],
  ..."a b ab abc abcd AB ABC 1 12 a-b a--b -a a. ..a _a._b :path ::path content-type line".split(" "),
  ..."ada@example.com ada@ @example.com a@b a@b- ada@example..com a+b@c.de".split(" "),
  ..."example.com example.com. EXAMPLE a.1 1.a -a.b a-.b a..b . shop.buy.v1.Order .shop.buy a.b a.b.c a.bc".split(
    " ",
  ),
  ...[`${"a".repeat(64)}.b`, `${"a".repeat(63)}.b`, `${"a.".repeat(126)}a`, `${"a.".repeat(127)}a`],
  ..."192.0.2.1 192.0.2.256 192.0.2 01.2.3.4 0.0.0.0 1.2.3.4.5 1.2.3.4:: 1..2.3".split(" "),
  ..."1:2:3:4:5:6:7:8 1:2:3:4:5:6:7 1:2:3:4:5:6:7:: ::1:2:3:4:5:6:7 1:2:3:4::5:6:7:8 1:2:3:4:5:6:7:8:9".split(
    " ",
  ),
  ..."2001:db8::1 :: ::1 1:: ::: 1::2::3 ::g 12345:: FE80::A 1:2:3:4:5:6:1.2.3.4 1:2:3:4:5::1.2.3.4 :1 1:".split(
    " ",
  ),
  ..."::ffff:192.0.2.1 ::1.2.3.256 ::1.2.3 192.0.2.0/24 192.0.2.1/24 192.0.2.1/33 0.0.0.0/0 192.0.2.1/32".split(
    " ",
  ),
  ..."192.0.2.0/024 192.0.2.0/ /24 a/24 192.0.2.0/2a 192.0.2.128/25 192.0.2.64/25 128.0.0.0/1 64.0.0.0/1".split(
    " ",
  ),
  ..."2001:db8::/32 2001:db8::1/32 ::/0 ::1/128 ::1/129 8000::/1 4000::/1 ::ffff:0:0/96 1:2:3:4::/64".split(
    " ",
  ),
  ..."::192.0.2.0/120 ::192.0.2.1/120 2001:db8::/031 1:2:3:4:5:6:7::/112 1:2:3:4:5:6:7:8/112 ::/129".split(
    " ",
  ),
  ..."example.com:80 192.0.2.1:0 [::1]:65535 example.com:65536 example.com:080 :80 [::1] a: a:b:1".split(" "),
  ..."[a]:80 ::1:80 example.com.:80 a:-1 [::1]80 [::1:80 a:00 a:0 a.1:80".split(" "),
  ..."https://example.com/a?b=c#d http://a@b:80/ urn:a:b a: ://a /a/b?c#d //a/b ?a #a http:// http://// 1a://b".split(
    " ",
  ),
  ..."mailto:ada@example.com a:/b a:// a://b:c a:b%2 a:b%20 a://b@c@d a:/%zz //a:b a:[b] /[b] //".split(" "),
  ..."0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b 0190A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5".split(
    " ",
  ),
  ..."0190a1b2c3d47e5f8a9b0c1d2e3f4a5b 0190a1b2c3d4-7e5f-8a9b-0c1d2e3f4a5b 01ARZ3NDEKTSV4RRFFQ69G5FAV".split(
    " ",
  ),
  ..."81ARZ3NDEKTSV4RRFFQ69G5FAV 01arz3ndektsv4rrffq69g5fau type.example.com/a".split(" "),
];

/** Texts about which the compiled checks may ask the library, though nothing is wrong with them. */
const RARE_TEXTS = [
  ...[
    "ä",
    "äöü",
    "日本",
    "𝒜",
    "𝒜𝒷",
    "a𝒜",
    "\ud800",
    "\udc00a",
    "a\0",
    "a,b",
    "\u2028",
    "\u007f",
    "\u0085",
    "a\v",
  ],
  ..."fe80::1%eth0 fe80::1% fe80::1%% [fe80::1%25a]:80 http://[::1]/ http://[v1.a]/ http://[fe80::1%25a]/ ::1%a/64".split(
    " ",
  ),
  ..."http://a%20b/ http://%ff/ http://%c3%a4/ http://ä/ a/b ./a ../a?b a:b/c a:ä ä@b.de ä.de a%2f a:?b#c#d".split(
    " ",
  ),
];

const NUMBERS = [-2, -1, 0, 1, 2, 3];
const FLOATS = [...NUMBERS, 0.5, -1.5, 1e10];
const RARE_FLOATS = [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const HOUR = 3_600_000;

/** Makes values that are likely to lie on either side of a rule. */
export class RandomValues {
  readonly #random: SeededRandom;
  readonly #isRare: boolean;

  /** @param isRare whether there may be values that only the library judges */
  constructor(random: SeededRandom, isRare: boolean) {
    this.#random = random;
    this.#isRare = isRare;
  }

  scalar(type: ScalarType): unknown {
    const { pick, integer } = this.#random;
    switch (type) {
      case ScalarType.STRING:
        return this.text();
      case ScalarType.BYTES:
        return this.bytes();
      case ScalarType.BOOL:
        return pick([true, false]);
      case ScalarType.FLOAT:
      case ScalarType.DOUBLE:
        return pick(this.#isRare ? [...FLOATS, ...RARE_FLOATS] : FLOATS);
      case ScalarType.INT64:
      case ScalarType.SINT64:
      case ScalarType.SFIXED64:
        return pick([...NUMBERS.map(BigInt), 2n ** 63n - 1n, -(2n ** 63n)]);
      case ScalarType.UINT64:
      case ScalarType.FIXED64:
        return pick([0n, 1n, 2n, 3n, 4n, 2n ** 64n - 1n]);
      case ScalarType.UINT32:
      case ScalarType.FIXED32:
        return integer(0, 5);
      default:
        return pick(NUMBERS);
    }
  }

  text(): string {
    const { pick, integer } = this.#random;
    if (integer(0, 9) === 0) return pick(["a", "b", "1", "A", "-"]).repeat(integer(0, 45));
    return pick(this.#isRare && integer(0, 2) === 0 ? RARE_TEXTS : TEXTS);
  }

  bytes(): Uint8Array {
    const { integer, pick } = this.#random;
    const most = this.#isRare ? 255 : 3;
    return Uint8Array.from({ length: pick([0, 1, 2, 3, 4, 16]) }, () => integer(0, most));
  }

  /** One of the well-known types that have rules. */
  wellKnown(typeName: string) {
    const { pick } = this.#random;
    switch (typeName) {
      case AnySchema.typeName:
        return create(AnySchema, { typeUrl: this.text() });
      case DurationSchema.typeName:
        return create(DurationSchema, this.#isRare ? pick(ODD_SPANS) : pick(SPANS));
      case FieldMaskSchema.typeName:
        return create(FieldMaskSchema, { paths: this.some(() => pick(["a", "a.b", "a.b.c", "ab", "b"])) });
      case TimestampSchema.typeName:
        if (this.#isRare) return create(TimestampSchema, pick(ODD_SPANS));
        if (pick([true, false])) return anHourFromNow(pick([1, -1]));
        return pick(SPANS.map((it) => create(TimestampSchema, { ...it, nanos: Math.abs(it.nanos) })));
      default:
        return undefined;
    }
  }

  /** A few; now and then so many that they are treated otherwise. */
  some<Value>(make: () => Value): Value[] {
    const { integer } = this.#random;
    return Array.from({ length: integer(0, 9) === 0 ? integer(8, 20) : integer(0, 3) }, make);
  }
}

const SPANS = [-90_000, -1, 0, 1, 90_000].flatMap((seconds) =>
  [0, 999_999_999].map((nanos) => ({ seconds: BigInt(seconds), nanos: seconds < 0 ? -nanos : nanos })),
);
/** Among them such as are beyond what the types allow. */
const ODD_SPANS = [
  ...SPANS,
  { seconds: 1n, nanos: -1 },
  { seconds: -1n, nanos: 1 },
  { seconds: 0n, nanos: 2_000_000_000 },
  { seconds: 315_576_000_001n, nanos: 0 },
  { seconds: -62_135_596_801n, nanos: 0 },
  { seconds: 10_000_000_000n, nanos: 0 },
];

function anHourFromNow(sign: number) {
  return timestampFromMs(Date.now() + sign * HOUR);
}
