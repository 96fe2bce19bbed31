/**
 * Invariants of Bundle as native code, since they visit every entry of every message
 * (https://hl7.org/fhir/R4/bundle.html).
 */
import { isObject, type JsonObject } from '../values/object.ts';
import type { NativeInvariant } from './native-invariant.ts';

const list = (it: unknown): readonly unknown[] => (Array.isArray(it) ? it : it === undefined ? [] : [it]);

/** Without a type the comparison is empty, so only a Bundle without entries satisfies the invariant. */
const eachHas = (name: 'request' | 'response', types: ReadonlySet<unknown>): NativeInvariant['holds'] => {
  return ({ entry }, run) => {
    const { type } = run.frame.resource as unknown as JsonObject;
    return list(entry).every(
      (it) => type !== undefined && isObject(it) && (it[name] !== undefined) === types.has(type),
    );
  };
};

const versionOf = (resource: unknown): unknown =>
  isObject(resource) && isObject(resource.meta) ? resource.meta.versionId : undefined;

function areDistinct(entries: readonly unknown[]): boolean {
  const seen = new Set<string>();
  for (const it of entries) {
    if (!isObject(it) || (it.fullUrl === undefined && it._fullUrl === undefined)) continue;
    const name = `${it.fullUrl ?? ''}${versionOf(it.resource) ?? ''}`;
    if (seen.has(name)) return false;
    seen.add(name);
  }
  return true;
}

export const nativeBundleInvariants: Readonly<Record<string, NativeInvariant>> = {
  'bdl-3': {
    expression:
      "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))",
    holds: eachHas('request', new Set(['batch', 'transaction', 'history'])),
  },
  'bdl-4': {
    expression:
      "entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or %resource.type = 'history'))",
    holds: eachHas('response', new Set(['batch-response', 'transaction-response', 'history'])),
  },
  'bdl-7': {
    expression:
      "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()",
    holds: ({ type, entry }) => type === 'history' || areDistinct(list(entry)),
  },
  'bdl-8': {
    expression: "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    holds: ({ fullUrl, _fullUrl }) =>
      typeof fullUrl === 'string' ? !fullUrl.includes('/_history/') : fullUrl === undefined && _fullUrl === undefined,
  },
};
