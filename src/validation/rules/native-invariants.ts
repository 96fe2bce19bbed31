/**
 * The invariants that run for every resource, extension and reference, as native code: in FHIRPath they cost the most
 * time. Each applies only to the expression beside it; a test compares both on generated values.
 */
import { containedById } from '../run/contained-resources.ts';
import { equals } from '../values/equal.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { nativeBundleInvariants } from './native-bundle-invariants.ts';
import type { NativeInvariant } from './native-invariant.ts';

const list = (it: unknown): readonly unknown[] => (Array.isArray(it) ? it : it === undefined ? [] : [it]);
const contained = (value: JsonObject): JsonObject[] => list(value.contained).filter(isObject);
const meta = (value: JsonObject): JsonObject => (isObject(value.meta) ? value.meta : {});

function hasValue(extension: JsonObject): boolean {
  for (const key in extension) if (key.startsWith('value') || key.startsWith('_value')) return true;
  return false;
}

const codings = (concept: unknown): readonly unknown[] => (isObject(concept) ? list(concept.coding) : []);

function sharesCode({ code, component }: JsonObject): boolean {
  const own = codings(code);
  return list(component).some(
    (it) => isObject(it) && codings(it.code).some((one) => own.some((other) => equals(one, other))),
  );
}

/** Names of definitions should be usable as class names; R4 matches the pattern anywhere in the name. */
const className: NativeInvariant = {
  expression: "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')",
  holds: ({ name }) => typeof name === 'string' && /[A-Z]/.test(name),
};

export const nativeInvariants: Readonly<Record<string, NativeInvariant>> = {
  ...nativeBundleInvariants,
  'ext-1': {
    expression: 'extension.exists() != value.exists()',
    holds: (value) => (value.extension !== undefined && list(value.extension).length > 0) !== hasValue(value),
  },
  'dom-2': {
    expression: 'contained.contained.empty()',
    needs: ['contained'],
    holds: (value) => value.contained === undefined || contained(value).every((it) => !it.contained),
  },
  'dom-4': {
    expression: 'contained.meta.versionId.empty() and contained.meta.lastUpdated.empty()',
    needs: ['contained'],
    holds: (value) =>
      value.contained === undefined ||
      contained(value).every((it) => meta(it).versionId === undefined && meta(it).lastUpdated === undefined),
  },
  'dom-5': {
    expression: 'contained.meta.security.empty()',
    needs: ['contained'],
    holds: (value) => value.contained === undefined || contained(value).every((it) => !meta(it).security),
  },
  'dom-6': {
    expression: 'text.`div`.exists()',
    holds: (value) => isObject(value.text) && value.text.div !== undefined,
  },
  'cmd-0': className,
  'csd-0': className,
  'sdf-0': className,
  'spd-0': className,
  'vsd-0': className,
  'obs-7': {
    expression: 'value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()',
    needs: ['component'],
    holds: (value) => value.component === undefined || !hasValue(value) || !sharesCode(value),
  },
  'ref-1': {
    expression:
      "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))",
    needs: ['reference'],
    // `#` alone is the container, which the expression of R4 omits (https://hl7.org/fhir/R4/references.html#contained).
    holds: (value, run) => {
      const reference = value.reference;
      if (typeof reference !== 'string' || !reference.startsWith('#')) return true;
      return reference === '#' ? run.frame.resource !== run.frame.root : containedById(run).has(reference.slice(1));
    },
  },
};
