import { isA, typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { checkProfile, conformsTo } from '../run/profile.ts';
import { report } from '../run/report.ts';
import { errorsOf } from '../run/silent.ts';
import { reportUnloadedProfile } from '../run/unloaded-profile.ts';
import { equals } from '../values/equal.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { elementNameOf, issuePlaceOf, type Rule, type RuleSource } from './rule.ts';

/** Profiles on the type: the value must conform to one of them. Extensions are checked by their url instead. */
export function typeProfileRules(source: RuleSource): Rule[] {
  const inheritedFor = (code: string) => source.base?.type?.find((it) => it.code === code)?.profile ?? [];
  return (source.element.type ?? []).flatMap((type) => {
    const [code, profiles] = [type.code ?? '', type.profile ?? []];
    if (
      profiles.length === 0 ||
      equals(profiles, inheritedFor(code)) ||
      profiles.some((url) => typeOfUrl(url) === code)
    )
      return [];
    if (code === 'Extension') return [];
    return [profileRule(source, code, profiles)];
  });
}

function profileRule(source: RuleSource, code: string, profiles: readonly string[]): Rule {
  const place = issuePlaceOf(source);
  const [only] = profiles;
  const isResource = typeModel(code)?.kind === 'resource';
  const applies = (value: unknown, type: string): boolean => {
    if (!isResource) return type === code;
    const own = isObject(value) ? value.resourceType : undefined;
    return typeof own === 'string' && isA(own, code);
  };
  return {
    description: `${code}(${profiles.join(' | ')})`,
    check: (value, run, type) => {
      if (!applies(value, type)) return;
      if (profiles.length === 1 && only !== undefined) {
        if (run.context.plans.profile(only)) checkProfile(value, run, only);
        else reportUnloadedProfile(run, only, place);
        return;
      }
      if (profiles.some((url) => conformsTo(run, value, url) !== false)) return;
      report(
        run,
        'profile-no-match',
        { element: elementNameOf(source), profiles: profiles.join(', '), reasons: reasonsOf(run, value, profiles) },
        place,
      );
    },
  };
}

/** The first error of each profile, to explain why none matched. */
const reasonsOf = (run: Run, value: unknown, profiles: readonly string[]): string =>
  run.silent > 0
    ? ''
    : profiles
        .map((url) => `${url}: ${errorsOf(run, () => checkProfile(value, run, url))[0]?.message ?? '?'}`)
        .join(' ');
