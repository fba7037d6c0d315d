// Lets a plain Node process run this package's TypeScript: imports are written as `.js`, the sources end in `.ts`.
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    const inSources = context.parentURL?.endsWith(".ts") && /^\.{1,2}\/.*\.js$/.test(specifier);
    return next(inSources ? specifier.replace(/\.js$/, ".ts") : specifier, context);
  },
});
