import type { Bundle } from '@medplum/fhirtypes';
import { typeModel } from '../../../src/fhir/model.ts';
import type { Elements, Resource } from '../../../src/fhir/resource.ts';
import { tokensIn } from './encodings.ts';

/**
 * Canaries: distinct values in every element of a resource that can contain one, generated from the definitions. Each
 * reads as a single name, so that a filter on the form of a name lets it pass.
 */
export type Canaries = {
  /** Path by type (`Patient.name.text`) of each canary. */
  readonly pathOf: ReadonlyMap<string, string>;
  /** Sends a Bundle with as many canaries as `send` accepts; `send` returns the places of its errors. */
  readonly plant: (
    bundle: Bundle,
    send: (bundle: Bundle) => Promise<readonly string[]>,
    how?: { readonly by?: string; readonly without?: readonly string[] },
  ) => Promise<Bundle>;
};

type Planting = { readonly path: string; readonly place: string; readonly apply: () => void };

const text = new Set(['string', 'markdown']);
const address = new Set(['uri', 'url', 'canonical', 'oid']);
/** Elements that a rule of FHIR forbids beside the ones of the examples, or that decide who is asked. */
const conflicting = new Set([
  'Condition.abatementString',
  'Appointment.cancelationReason',
  'Composition.section.emptyReason',
  'Composition.section.section',
  'Patient.address.postalCode',
  'Patient.address.city',
  'Patient.address.country',
]);
/** References that route a message: a further one would change where it goes, so canaries are planted within. */
const routing = new Set(['owner', 'partOf', 'basedOn', 'replaces', 'supportingInformation', 'event']);
/** Elements that decide what a message is and where it goes, or that the gateway assigns. */
const structural = new Set([
  'resourceType',
  'id',
  'div',
  'contained',
  'implicitRules',
  'reference',
  'profile',
  'modifierExtension',
]);

export function canaries(): Canaries {
  const pathOf = new Map<string, string>();
  const byPath = new Map<string, string>();
  const canary = (path: string): string => {
    const existing = byPath.get(path);
    if (existing) return existing;
    const value = `Qz${[...String(byPath.size).padStart(5, '0')].map((it) => 'bcdfghjklm'[Number(it)]).join('')}q`;
    byPath.set(path, value);
    pathOf.set(value, path);
    return value;
  };
  const extension = (path: string) => ({ url: 'urn:canary', valueString: canary(`${path}.extension`) });

  /** A value of a type with canaries in it; undefined for what can contain none. */
  function created(type: string, path: string, depth = 0): unknown {
    if (text.has(type)) return canary(path);
    if (address.has(type)) return `urn:canary:${canary(path)}`;
    if (depth > 2) return undefined;
    if (type === 'Extension') return extension(path.replace(/\.extension$/, ''));
    if (type === 'Reference') return { display: canary(`${path}.display`) };
    if (type === 'Coding') {
      const part = (name: string) => canary(`${path}.${name}`);
      return { system: `urn:canary:${part('system')}`, code: part('code'), display: part('display') };
    }
    const model = typeModel(type);
    if (!model || model.kind === 'primitive-type' || model.kind === 'resource' || type === 'Narrative')
      return undefined;
    const parts = [...model.properties].flatMap(([name, { element, type: of }]) => {
      if (structural.has(name) || (element.choice && of !== 'string')) return [];
      const value = created(of, `${path}.${name}`, depth + 1);
      return value === undefined ? [] : [[name, element.array ? [value] : value] as const];
    });
    return parts.length ? Object.fromEntries(parts) : undefined;
  }

  function plantings(target: Elements, type: string, path: string, place: string): Planting[] {
    const model = typeModel(type);
    // A Consent with anything in it that is not understood permits nothing: test/disclosure/understood-consent.test.ts.
    if (!model || type === 'Narrative' || type === 'Extension' || type === 'Consent') return [];
    const it = target as Record<string, unknown>;
    const found: Planting[] = [];
    for (const [name, { element, type: of }] of model.properties) {
      const below = `${path}.${name}`;
      // a path may begin with who plants it: `care: Task`
      if (conflicting.has(below.replace(/^[a-z]+: /, ''))) continue;
      const current = it[name];
      const set = (value: unknown) =>
        found.push({
          path: below,
          place: `${place}.${name}`,
          apply: () => {
            it[name] = value;
          },
        });
      if (name === 'contained') {
        const value = canary(below);
        found.push({
          path: below,
          place: `${place}.${name}`,
          apply: () => {
            it.contained = [{ resourceType: 'Basic', id: 'canary', code: { text: value } }];
            it.extension = [
              ...((it.extension as unknown[]) ?? []),
              { url: 'urn:canary:contained', valueReference: { reference: '#canary' } },
            ];
          },
        });
        continue;
      }
      if (structural.has(name) && !(name === 'profile' && type !== 'Meta')) continue;
      if (current === undefined) {
        if (routing.has(name)) continue;
        if (
          element.choice &&
          [...model.properties.values()].some(
            (one) =>
              one.element === element &&
              one.type !== of &&
              it[`${element.name}${one.type.charAt(0).toUpperCase()}${one.type.slice(1)}`] !== undefined,
          )
        )
          continue;
        if (element.choice && of !== 'string' && of !== 'CodeableConcept') continue;
        const value = created(of, below);
        if (value !== undefined) set(element.array ? [value] : value);
        continue;
      }
      if (of === 'Extension') {
        if (path.split('.').length < 9) set([...(current as unknown[]), extension(path)]);
      } else if (Array.isArray(current)) {
        const added = created(of, below);
        const items = typeof current[0] === 'object';
        if (items)
          for (const [at, item] of current.entries())
            found.push(...plantings(item as Elements, of, below, `${place}.${name}[${at}]`));
        if (added !== undefined && !routing.has(name))
          found.push({
            path: below,
            place: `${place}.${name}`,
            apply: () => {
              it[name] = [...(it[name] as unknown[]), added];
            },
          });
      } else if (typeof current === 'object' && current !== null) {
        found.push(...plantings(current as Elements, of, below, `${place}.${name}`));
      } else if (text.has(of)) set(canary(below));
      if (typeof current !== 'object')
        found.push({
          path: below,
          place: `${place}.${name}`,
          apply: () => {
            it[`_${name}`] = { extension: [extension(below)] };
          },
        });
    }
    return found;
  }

  return {
    pathOf,
    plant: async (bundle, send, { by = '', without = [] } = {}) => {
      // Refused once: the place itself is left as it was; again: everything in it too.
      const refused = new Map<string, number>();
      for (let round = 0; round < 20; round++) {
        const planted = structuredClone(bundle);
        const all = (planted.entry ?? []).flatMap(({ resource }, at) =>
          resource
            ? plantings(
                resource as unknown as Elements,
                resource.resourceType,
                `${by}${resource.resourceType}`,
                `Bundle.entry[${at}].resource`,
              )
            : [],
        );
        const wanted = all.filter((it) => !without.some((path) => `${it.path}.`.startsWith(`${by}${path}.`)));
        const accepted = wanted.filter((it) => !isRefused(it.place, refused) && !isRefused(it.path, refused));
        // A contained resource is referred to by an extension of its container, which must exist first.
        for (const it of accepted) if (!it.path.endsWith('.contained')) it.apply();
        for (const it of accepted) if (it.path.endsWith('.contained')) it.apply();
        const wrong = new Set(await send(planted));
        if (wrong.size === 0) return planted;
        if ([...wrong].every((it) => (refused.get(it) ?? 0) > 1)) break;
        for (const it of wrong) refused.set(it, (refused.get(it) ?? 0) + 1);
      }
      throw new Error(`not accepted: ${[...refused.keys()].slice(-5).join(', ')}`);
    },
  };
}

/** A place is left as it was when an error names it or something below it, and when it repeats, something above it. */
const isRefused = (place: string, refused: ReadonlyMap<string, number>): boolean =>
  [...refused].some(
    ([it, times]) =>
      it === place ||
      it.startsWith(`${place}.`) ||
      it.startsWith(`${place}[`) ||
      (times > 1 && !/(^Bundle|\.resource)$/.test(it) && (place.startsWith(`${it}.`) || place.startsWith(`${it}[`))),
  );

export const resourcesIn = (bundle: Bundle): Resource[] =>
  (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);

/** Canaries in a text, by their paths. */
export const canariesIn = ({ pathOf }: Canaries, text: string): string[] =>
  tokensIn(text, /Qz[b-m]{5}q/g).map((it) => pathOf.get(it) ?? `unknown ${it}`);
