import { z } from "zod";

/** A variable that holds one URL, or several with commas between them: of processes that stand in for each other. */
export const urlList = z
  .string()
  .transform((text) => text.split(",").map((url) => url.trim()))
  .pipe(z.array(z.url({ protocol: /^https?$/ })));
