// Lets Node run the TypeScript of this repository as it stands: `node --conditions=charter:source --import <this file> script.ts`.
// Node strips the types itself; what it lacks is that "./x.js" means the "./x.ts" beside the importing file.
import { existsSync } from "node:fs";
import { flushCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

registerHooks({
  resolve(specifier, context, next) {
    if (/^\.\.?\/.*\.js$/.test(specifier) && context.parentURL?.endsWith(".ts")) {
      const source = new URL(specifier.replace(/\.js$/, ".ts"), context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    return next(specifier, context);
  },
});

// What was compiled is kept when a process ends, but many of these are killed.
setTimeout(flushCompileCache, 1_000).unref();
