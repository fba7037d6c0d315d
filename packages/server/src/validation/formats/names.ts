import type { Check } from "../check.js";

/** What matches from its first to its last character. Only for expressions that take no time out of proportion to the text. */
function matches(expression: RegExp): Check<string> {
  return (text) => expression.test(text);
}

export const isUuid = matches(
  /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/,
);

/** A UUID without its hyphens. */
export const isTuuid = matches(/^[0-9a-fA-F]{32}$/);

/** 26 characters of Crockford's base 32, at most 128 bits (https://github.com/ulid/spec). */
export const isUlid = matches(/^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/);

/** A name like shop.buy.v1.Order. */
export const isProtobufFqn = matches(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/);

/** A name like .shop.buy.v1.Order. */
export const isProtobufDotFqn = matches(/^(?:\.[A-Za-z_]\w*)+$/);

/** https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address */
export const isEmail = matches(
  /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/,
);
