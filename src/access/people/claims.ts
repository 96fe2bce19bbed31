/** Of a claim: a longer value is none that a configuration could name, and nobody has more roles. */
export const mostCharacters = 200;
const mostValues = 500;

/** The texts at a claim: of its own name, or of a path (`realm_access.roles`). */
export function valuesAt(claims: object, path: string): readonly string[] {
  let value: unknown = Object.hasOwn(claims, path) ? (claims as Readonly<Record<string, unknown>>)[path] : undefined;
  if (value === undefined) {
    value = claims;
    for (const name of path.split('.'))
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Readonly<Record<string, unknown>>)[name]
          : undefined;
  }
  return [value]
    .flat()
    .filter((it): it is string => typeof it === 'string' && it !== '' && it.length <= mostCharacters)
    .slice(0, mostValues);
}
