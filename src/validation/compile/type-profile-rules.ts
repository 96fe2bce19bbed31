import { isA, typeModel } from '../../fhir/model.ts';
import type { Run } from '../plan/plan.ts';
import { checkProfile, conforms } from '../run/profile.ts';
import { report } from '../run/report.ts';
import { errorsOf } from '../run/silent.ts';
import { equals } from '../values/equal.ts';
import { isObject } from '../values/object.ts';
import { typeOfUrl } from '../values/type-of-url.ts';
import { type Ask, nameOf, placeOf, type Rule } from './rule.ts';

/** Profiles on the type: of several the value fits one. An extension is held against its definition by its url. */
export function typeProfiles(ask: Ask): Rule[] {
  const knownOf = (code: string) => ask.base?.type?.find((it) => it.code === code)?.profile ?? [];
  return (ask.element.type ?? []).flatMap((type) => {
    const [code, asked] = [type.code ?? '', type.profile ?? []];
    if (asked.length === 0 || equals(asked, knownOf(code)) || asked.some((url) => typeOfUrl(url) === code)) return [];
    if (code === 'Extension') return [];
    return [profileRule(ask, code, asked)];
  });
}

function profileRule(ask: Ask, code: string, asked: readonly string[]): Rule {
  const place = placeOf(ask);
  const [only] = asked;
  const isResource = typeModel(code)?.kind === 'resource';
  const applies = (value: unknown, type: string): boolean => {
    if (!isResource) return type === code;
    const own = isObject(value) ? value.resourceType : undefined;
    return typeof own === 'string' && isA(own, code);
  };
  return {
    says: `${code}(${asked.join(' | ')})`,
    check: (value, run, type) => {
      if (!applies(value, type)) return;
      if (asked.length === 1 && only !== undefined) {
        if (run.context.plans.profile(only)) checkProfile(value, run, only);
        else report(run, 'profile-not-loaded', { profile: only }, place);
        return;
      }
      if (asked.some((url) => conforms(run, value, url) !== false)) return;
      report(
        run,
        'profile-none-fits',
        { element: nameOf(ask), profiles: asked.join(', '), reasons: reasonsOf(run, value, asked) },
        place,
      );
    },
  };
}

/** Why each of several profiles did not fit: its first error. */
const reasonsOf = (run: Run, value: unknown, profiles: readonly string[]): string =>
  run.silent > 0
    ? ''
    : profiles
        .map((url) => `${url}: ${errorsOf(run, () => checkProfile(value, run, url))[0]?.message ?? '?'}`)
        .join(' ');
