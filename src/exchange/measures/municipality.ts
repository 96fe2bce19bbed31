import type { Patient } from '@medplum/fhirtypes';
import { residenceOf } from '../../routing/index.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/** Municipality of a person at the time of the referral, `outside` or `unknown`; each person is read once. */
export function municipalityLookUp(
  store: Gateway['store'],
  { directory }: Gateway['network'],
): (person: string | undefined) => Promise<string> {
  const cache = new Map<string, string>();
  return async (person = '') => {
    const cached = cache.get(person);
    if (cached !== undefined) return cached;
    const [type = '', id = ''] = person.split('/').slice(-2);
    // the first version: a later move of house must not change a measure
    const stored = type === 'Patient' ? await store.vread('Patient', id, 1) : undefined;
    const { residence, municipality } = residenceOf(
      stored && (JSON.parse(stored.text) as Patient),
      directory,
      stored?.lastUpdated ?? new Date(0),
    );
    const code = municipality ?? (residence === 'outside' ? 'outside' : 'unknown');
    cache.set(person, code);
    return code;
  };
}
