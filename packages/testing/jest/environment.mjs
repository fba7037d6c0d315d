import { types } from "node:util";
import { TestEnvironment } from "jest-environment-node";

/**
 * Node's own environment, mended in one place: jest's sandbox has an `Error` of its own, so errors that Node makes
 * (ECONNREFUSED, AbortError) fail `instanceof Error` and libraries map them to the wrong status code.
 */
export default class CharterEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    const sandboxError = this.global.Error;
    const ordinary = Function.prototype[Symbol.hasInstance];
    Object.defineProperty(sandboxError, Symbol.hasInstance, {
      value(candidate) {
        if (ordinary.call(this, candidate)) return true;
        return this === sandboxError && types.isNativeError(candidate);
      },
    });
  }
}
