/** References: their form, and what they may lead to (https://hl7.org/fhir/R4/references.html). */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isA, typeModel } from '../fhir/model.ts';
import { isType } from '../fhir/resource.ts';
import type { Ask, Rule } from './builders.ts';
import { equals, isObject } from './equal.ts';
import { bundleAround, targetOf } from './frames.ts';
import { type Knowledge, structureOf, typeOfUrl } from './knowledge.ts';
import { conforms } from './resource.ts';
import { type Run, report } from './run.ts';

type Allowed = {
  /** Undefined when any resource is allowed. */
  readonly types: ReadonlySet<string> | undefined;
  /** Profiles by the type that they constrain; a type that is allowed as such has none. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
  readonly says: string;
};

/** The targets that R4 or the profile allows, and whether they may be contained, bundled or elsewhere. */
export function references(ask: Ask): Rule | undefined {
  const type = referenceType(ask.element);
  const base = ask.base && referenceType(ask.base);
  if (!type) return undefined;
  const aggregation = equals(type.aggregation, base?.aggregation) ? undefined : type.aggregation;
  const asked = type.targetProfile ?? [];
  const narrower = asked.length > 0 && !equals(asked, base?.targetProfile);
  if (!narrower && !aggregation) return undefined;
  const allowed = allowedOf(ask, narrower ? asked : []);
  if (!allowed.types && !aggregation) return undefined;
  const name = ask.element.id ?? '';
  const place = { element: name, ...(ask.profile ? { profile: ask.profile } : {}) };
  return {
    says: `Reference(${allowed.says})`,
    check: (value, run, typeName) => {
      if (typeName !== 'Reference' || !isObject(value)) return;
      const text = value.reference;
      const target = typeof text === 'string' ? targetOf(run, text) : undefined;
      const found = target?.type ?? (typeof value.type === 'string' ? value.type : undefined);
      if (found !== undefined && allowed.types && typeModel(found) && !allowed.types.has(found)) {
        report(run, 'reference-target-type', { element: name, type: found, allowed: allowed.says }, place);
        return;
      }
      if (
        aggregation &&
        target &&
        !aggregation.some((it) => it === target.where || (it === 'referenced' && target.where !== 'contained'))
      )
        report(run, 'reference-aggregation', { element: name, allowed: aggregation.join(', ') }, place);
      const profiles = found === undefined ? undefined : allowed.profiles.get(found);
      if (!profiles || !target?.resource) return;
      if (profiles.some((url) => conforms(run, target.resource, url, target.frame) !== false)) return;
      report(run, 'profile-no-match', { element: name, profiles: profiles.join(', '), reasons: '' }, place);
    },
  };
}

const referenceType = (element: ElementDefinition): NonNullable<ElementDefinition['type']>[number] | undefined =>
  element.type?.find(({ code }) => code === 'Reference');

/** Each target as a type. A target whose profile is not loaded could be any type, so then all are let through. */
function allowedOf({ knowledge }: Ask, targets: readonly string[]): Allowed {
  const types = new Set<string>();
  const profiles = new Map<string, string[]>();
  const plain = new Set<string>();
  for (const url of targets) {
    const type = targetType(knowledge, url);
    if (type === undefined) return { types: undefined, profiles: new Map(), says: targets.join(' | ') };
    types.add(type);
    if (typeOfUrl(url) === type) plain.add(type);
    else profiles.set(type, [...(profiles.get(type) ?? []), url]);
  }
  for (const type of plain) profiles.delete(type);
  const any = types.size === 0 || [...types].some((it) => isA('Resource', it));
  return {
    types: any ? undefined : types,
    profiles,
    says: targets.map((url) => typeOfUrl(url) ?? url).join(' | '),
  };
}

const targetType = (knowledge: Knowledge, url: string): string | undefined => {
  const core = typeOfUrl(url);
  return core !== undefined && typeModel(core) ? core : structureOf(knowledge, url)?.type;
};

const looksRestful = /^https?:\/\/[^?#|]+\/[A-Z][A-Za-z]*\/[A-Za-z0-9.-]{1,64}$/;

/** For every Reference, whatever its element asks: form, type, and that it leads somewhere inside what holds it. */
export function checkReference(value: unknown, run: Run): void {
  if (!isObject(value) || typeof value.reference !== 'string') return;
  const text = value.reference;
  const target = targetOf(run, text);
  if (target.form === 'invalid') {
    report(run, 'reference-format', {});
    return;
  }
  if (target.form === 'url') {
    if (run.knowledge.policy.restfulReferences && looksRestful.test(text)) report(run, 'reference-format', {});
    return;
  }
  if (target.form === 'urn' && !target.resource) unresolved(run);
  if (target.ambiguous) report(run, 'reference-ambiguous', {});
  const told = value.type;
  if (target.type !== undefined && typeof told === 'string' && typeModel(told) && told !== target.type)
    report(run, 'reference-type-mismatch', { type: told, found: target.type });
}

/**
 * A urn is no address: it leads to an entry of the same Bundle or nowhere. A document must hold what it refers to
 * (https://hl7.org/fhir/R4/documents.html#bundle); elsewhere the rest may be with the receiver already.
 */
function unresolved(run: Run): void {
  const around = bundleAround(run.frame);
  if (!around) return;
  const isDocument = isType(around.bundle.resource, 'Bundle') && around.bundle.resource.type === 'document';
  report(run, 'reference-unresolved', { holder: 'Bundle' }, { severity: isDocument ? 'error' : 'warning' });
}
