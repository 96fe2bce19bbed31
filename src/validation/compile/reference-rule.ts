/** The allowed targets of a Reference (https://hl7.org/fhir/R4/references.html). */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isA, typeModel } from '../../fhir/model.ts';
import { conformsTo } from '../run/profile.ts';
import { referenceTarget } from '../run/reference-target.ts';
import { report } from '../run/report.ts';
import { equals } from '../values/equal.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { type CompileContext, structureOf } from './element-trees.ts';
import type { Rule, RuleSource } from './rule.ts';

type AllowedTargets = {
  /** Undefined when any resource is allowed. */
  readonly types: ReadonlySet<string> | undefined;
  /** Profiles by the type they constrain; none for a type that is allowed without a profile. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
  readonly description: string;
};

/**
 * The target types and profiles that the element allows, and whether targets may be contained, bundled or elsewhere.
 */
export function referenceRule(source: RuleSource): Rule | undefined {
  const type = referenceType(source.element);
  const base = source.base && referenceType(source.base);
  if (!type) return undefined;
  const aggregation = equals(type.aggregation, base?.aggregation) ? undefined : type.aggregation;
  const targets = type.targetProfile ?? [];
  const narrower = targets.length > 0 && !equals(targets, base?.targetProfile);
  if (!narrower && !aggregation) return undefined;
  const allowed = allowedTargets(source, narrower ? targets : []);
  if (!allowed.types && !aggregation) return undefined;
  const name = source.element.id ?? '';
  const place = { element: name, ...(source.profile ? { profile: source.profile } : {}) };
  return {
    description: `Reference(${allowed.description})`,
    check: (value, run, typeName) => {
      if (typeName !== 'Reference' || !isObject(value)) return;
      const text = value.reference;
      const target = typeof text === 'string' ? referenceTarget(run, text) : undefined;
      const found = target?.type ?? (typeof value.type === 'string' ? value.type : undefined);
      if (found !== undefined && allowed.types && typeModel(found) && !allowed.types.has(found)) {
        report(run, 'reference-target-type', { element: name, type: found, allowed: allowed.description }, place);
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
      if (profiles.some((url) => conformsTo(run, target.resource, url, target.frame) !== false)) return;
      report(run, 'profile-no-match', { element: name, profiles: profiles.join(', '), reasons: '' }, place);
    },
  };
}

const referenceType = (element: ElementDefinition): NonNullable<ElementDefinition['type']>[number] | undefined =>
  element.type?.find(({ code }) => code === 'Reference');

/** The types of the targets. One whose profile is not loaded may be of any type, so then every type is allowed. */
function allowedTargets({ context }: RuleSource, targets: readonly string[]): AllowedTargets {
  const types = new Set<string>();
  const profiles = new Map<string, string[]>();
  const plain = new Set<string>();
  for (const url of targets) {
    const type = targetType(context, url);
    if (type === undefined) return { types: undefined, profiles: new Map(), description: targets.join(' | ') };
    types.add(type);
    if (typeOfUrl(url) === type) plain.add(type);
    else profiles.set(type, [...(profiles.get(type) ?? []), url]);
  }
  for (const type of plain) profiles.delete(type);
  const any = types.size === 0 || [...types].some((it) => isA('Resource', it));
  return {
    types: any ? undefined : types,
    profiles,
    description: targets.map((url) => typeOfUrl(url) ?? url).join(' | '),
  };
}

const targetType = (context: CompileContext, url: string): string | undefined => {
  const core = typeOfUrl(url);
  return core !== undefined && typeModel(core) ? core : structureOf(context, url)?.type;
};
