import { newId } from "./new-id.js";

const SOUND = /^[\w.:-]{1,128}$/;

/** The caller's own id of the request when it is one that can go into logs and headers, else a new UUIDv7. */
export function requestIdOf(header: Headers): string {
  const given = header.get("x-request-id");
  return given && SOUND.test(given) ? given : newId();
}
