/** What `new Headers` takes. */
export type HeaderInit = ConstructorParameters<typeof Headers>[0];

/** Header fields of a request: lower-case names and values, in pairs, as `new Headers` takes them. Never changed once made. */
export type HeaderList = [name: string, value: string][];

const NONE: HeaderList = [];

/** The fields that an application gave. @throws TypeError for a name or value that HTTP does not allow */
export function headerListOf(init: HeaderInit): HeaderList {
  return init === undefined ? NONE : [...new Headers(init)];
}

/** The value of a field; undefined where there is none. */
export function valueIn(header: HeaderList, name: string): string | undefined {
  for (const [known, value] of header) if (known === name) return value;
  return undefined;
}

/** The same fields with this one in place of any of its name. */
export function withField(header: HeaderList, name: string, value: string): HeaderList {
  const others = valueIn(header, name) === undefined ? header : header.filter(([known]) => known !== name);
  return [...others, [name, value]];
}
