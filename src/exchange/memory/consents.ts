import type { Consent } from '@medplum/fhirtypes';
import { find, type Memory } from './memory.ts';

type Stored = Consent & { readonly id: string };

/**
 * The Consents (toestemmingen) that are stored about these persons (`Patient/<id>`), whoever recorded them: all that are to be
 * considered. Of those that state the same one is enough, so that a decision does not become dearer with each that is
 * recorded. `without`: Consents that are judged otherwise, as they are about to end; others that state the same stay.
 */
export async function consentsOf(
  memory: Memory,
  persons: readonly string[],
  without: ReadonlySet<string | undefined> = new Set(),
): Promise<readonly Stored[]> {
  const distinct = await find<Consent>(memory, 'Consent', 'patient', persons, { distinct: true });
  if (!distinct.some(({ id }) => without.has(id))) return distinct;
  const all = await find<Consent>(memory, 'Consent', 'patient', persons);
  return all.filter(({ id }) => !without.has(id));
}
