import { typeModel } from '../fhir/model.ts';

/** create, read (vread and history too), update (patch too), delete, search: https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export type Permission = 'c' | 'r' | 'u' | 'd' | 's';

/** `system/Task.rs`: permissions on a type, or on every type with `*`. `operate`: the scope of operators. */
export type Scope =
  | { readonly kind: 'resources'; readonly type: string; readonly permissions: readonly Permission[] }
  | { readonly kind: 'operate' };

export type Scopes = readonly Scope[];

/** What a request needs: each of these permissions, the scope of operators, or any valid token. */
export type RequiredScope =
  | readonly { readonly type: string; readonly permission: Permission }[]
  | 'operate'
  | 'any token';

/** Scope for the operations of an operator, which are not part of FHIR. */
export const operateScope = 'mgn/operate';

/** Scopes of SMART version 1, which clients still send, in terms of version 2. */
const version1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** Undefined when it is no scope for a system, has a query (`?status=requested`), or names no type of FHIR. */
export function readScope(text: string): Scope | undefined {
  if (text === operateScope) return { kind: 'operate' };
  const [, type = '', named = ''] = /^system\/(\*|[A-Z][A-Za-z]{1,63})\.([a-z]{1,5}|\*)$/.exec(text) ?? [];
  const permissions = version1[named] ?? named;
  if (!/^(?=[cruds])c?r?u?d?s?$/.test(permissions)) return undefined;
  if (type !== '*' && typeModel(type)?.kind !== 'resource') return undefined;
  return { kind: 'resources', type, permissions: [...permissions] as Permission[] };
}

/** Scopes separated by spaces; those that are unknown are left out. */
export const readScopes = (text: string): Scopes => text.split(' ').flatMap((it) => readScope(it) ?? []);

export const scopeText = (scopes: Scopes): string =>
  scopes.map((it) => (it.kind === 'operate' ? operateScope : `system/${it.type}.${it.permissions.join('')}`)).join(' ');

/** What was requested, as far as it is permitted; each scope once. */
export function permittedScopes(requested: Scopes, permitted: Scopes): Scopes {
  const found = requested.flatMap((it) => permitted.flatMap((other) => common(it, other) ?? []));
  return readScopes([...new Set(found.map((it) => scopeText([it])))].join(' '));
}

function common(one: Scope, other: Scope): Scope | undefined {
  if (one.kind === 'operate' || other.kind === 'operate') return one.kind === other.kind ? one : undefined;
  if (one.type !== other.type && one.type !== '*' && other.type !== '*') return undefined;
  const permissions = one.permissions.filter((it) => other.permissions.includes(it));
  const type = one.type === '*' ? other.type : one.type;
  return permissions.length ? { kind: 'resources', type, permissions } : undefined;
}

/** Whether scopes permit one interaction with a type; `*` is each of the types. */
export const permits = (scopes: Scopes, type: string, permission: Permission): boolean =>
  scopes.some(
    (it) => it.kind === 'resources' && (it.type === '*' || it.type === type) && it.permissions.includes(permission),
  );

/** The scopes that a request needs and does not have: `system/Task.c`. Without scopes a partner has all of its own. */
export function lackingScopes(scopes: Scopes | undefined, required: RequiredScope): readonly string[] {
  if (scopes === undefined || required === 'any token') return [];
  if (required === 'operate') return scopes.some(({ kind }) => kind === 'operate') ? [] : [operateScope];
  const lacking = required.filter(({ type, permission }) => !permits(scopes, type, permission));
  return [...new Set(lacking.map(({ type, permission }) => `system/${type}.${permission}`))];
}
