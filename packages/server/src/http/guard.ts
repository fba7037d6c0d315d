const PATH = /^\/[\x21-\x7e]*$/;
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(:\d{0,5})?$/;
const MAX_PATH_LENGTH = 16_384;
const MAX_AUTHORITY_LENGTH = 261;
const MAX_PORT = 65_535;

/**
 * Whether a request's target can be worked with: an absolute path of visible ASCII and a well-formed authority. Adapters
 * below build URLs from both, and a malformed one throws there.
 */
export function isSoundTarget(path: string | undefined, authority: string | undefined): boolean {
  if (path === undefined || path.length > MAX_PATH_LENGTH || !PATH.test(path)) return false;
  return authority !== undefined && isSoundAuthority(authority);
}

function isSoundAuthority(authority: string): boolean {
  if (authority.length > MAX_AUTHORITY_LENGTH || !AUTHORITY.test(authority)) return false;
  const port = /:(\d+)$/.exec(authority)?.[1];
  return port === undefined || authority.endsWith("]") || Number(port) <= MAX_PORT;
}
