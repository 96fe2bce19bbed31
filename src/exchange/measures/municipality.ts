import type { Patient } from '@medplum/fhirtypes';
import { residenceOf } from '../../routing/index.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/** Where people lived when they were referred, no finer than their municipality; each is looked up once. */
export function municipalityLookUp(
  store: Gateway['store'],
  { directory }: Gateway['network'],
): (person: string | undefined) => Promise<string> {
  const known = new Map<string, string>();
  return async (person = '') => {
    const before = known.get(person);
    if (before !== undefined) return before;
    const [type = '', id = ''] = person.split('/').slice(-2);
    // as it came in: where somebody moves to later changes no figure
    const stored = type === 'Patient' ? await store.vread('Patient', id, 1) : undefined;
    const { residence, municipality } = residenceOf(
      stored && (JSON.parse(stored.text) as Patient),
      directory,
      stored?.lastUpdated ?? new Date(0),
    );
    const told = municipality ?? (residence === 'outside' ? 'outside' : 'unknown');
    known.set(person, told);
    return told;
  };
}
