import type { Consent } from '@medplum/fhirtypes';
import type { Identified } from '../../fhir/graph.ts';
import { statementIn } from '../../store/statements.ts';
import { find, type Memory } from './memory.ts';

type Stored = Consent & Identified;

/**
 * The Consents (toestemmingen) that are stored about these persons (`Patient/<id>`), whoever recorded them: all that are to be
 * considered. Of those that state the same one is enough, so that a decision does not become dearer with each that is
 * recorded. `instead`: Consents that are judged in this form, as they are about to end; others that state what they
 * stated until now stay.
 */
export async function consentsOf(
  memory: Memory,
  persons: readonly string[],
  instead: readonly (Consent & { readonly id: string })[] = [],
): Promise<readonly Stored[]> {
  const given = new Map(instead.map((it) => [it.id, it as Stored]));
  const distinct = await find<Consent>(memory, 'Consent', 'patient', persons, { distinct: true });
  const isOther = ({ id }: Stored) => !given.has(id);
  const isAsGiven = (it: Stored) => isOther(it) || statementIn(given.get(it.id)!) === statementIn(it);
  if (distinct.every((it) => isAsGiven(it as Stored))) return (distinct as readonly Stored[]).filter(isOther);
  return ((await find<Consent>(memory, 'Consent', 'patient', persons)) as readonly Stored[]).filter(isOther);
}

/** One of those that state the same: a message may repeat an objection for each of its sources. */
export const distinctOf = <T extends Consent>(consents: readonly T[]): readonly T[] => [
  ...new Map(consents.map((it) => [statementIn(it as T & Identified), it])).values(),
];
