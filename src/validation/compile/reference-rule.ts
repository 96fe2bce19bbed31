/** References: their form, and what they may lead to (https://hl7.org/fhir/R4/references.html). */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isA, typeModel } from '../../fhir/model.ts';
import { conforms } from '../run/profile.ts';
import { targetOf } from '../run/reference-target.ts';
import { report } from '../run/report.ts';
import { equals } from '../values/equal.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import type { CompileContext } from './element-trees.ts';
import { structureOf } from './element-trees.ts';
import type { Ask, Rule } from './rule.ts';

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
      report(run, 'profile-none-fits', { element: name, profiles: profiles.join(', '), reasons: '' }, place);
    },
  };
}

const referenceType = (element: ElementDefinition): NonNullable<ElementDefinition['type']>[number] | undefined =>
  element.type?.find(({ code }) => code === 'Reference');

/** Each target as a type. A target whose profile is not loaded could be any type, so then all are let through. */
function allowedOf({ context }: Ask, targets: readonly string[]): Allowed {
  const types = new Set<string>();
  const profiles = new Map<string, string[]>();
  const plain = new Set<string>();
  for (const url of targets) {
    const type = targetType(context, url);
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

const targetType = (context: CompileContext, url: string): string | undefined => {
  const core = typeOfUrl(url);
  return core !== undefined && typeModel(core) ? core : structureOf(context, url)?.type;
};
