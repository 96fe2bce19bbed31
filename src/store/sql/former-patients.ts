import type { Resource } from '../../fhir/resource.ts';
import type { PersonIdentifier } from '../port.ts';
import type { HideValue } from '../search-index.ts';
import { bulk, bulkRead } from './bulk.ts';
import { type Sql, text } from './sql.ts';

/** Not the value of the index: from what is left of a removed person, no stored one can be found. */
const hiddenOf = ({ system, value }: PersonIdentifier, hide: HideValue): string => hide(`\0former ${system}|${value}`);

export async function formerPatients(
  sql: Sql,
  identifiers: readonly PersonIdentifier[],
  hide: HideValue,
): Promise<readonly string[]> {
  const rows = await bulkRead(
    sql,
    (wanted) => `select distinct f.patient from ${wanted} w join former_patient f on f.value = w.value`,
    { value: 'text' },
    identifiers.map((it) => [hiddenOf(it, hide)]),
  );
  return rows.map((row) => text(row.patient));
}

/** The Patients among what is removed can be found by their identifiers as long as entry `entry` is there. */
export const rememberPatients = (
  sql: Sql,
  resources: readonly Resource[],
  { entry, hide }: { readonly entry: number; readonly hide: HideValue },
): Promise<number> =>
  bulk(
    sql,
    (rows) =>
      `insert into former_patient (value, patient, entry) select value, patient, ?2 from ${rows} w where true
       on conflict do nothing`,
    { value: 'text', patient: 'text' },
    resources.flatMap((it) => identifiersOf(it).map((identifier) => [hiddenOf(identifier, hide), it.id ?? ''])),
    entry,
  );

/** Removes what is left of Patients, by these ids or by the identifiers of these resources. */
export async function forgetPatients(
  sql: Sql,
  ids: readonly string[],
  resources: readonly Resource[],
  hide: HideValue,
): Promise<void> {
  await bulk(
    sql,
    (rows) => `delete from former_patient where value in (select value from ${rows} w)`,
    { value: 'text' },
    resources.flatMap((it) => identifiersOf(it).map((identifier) => [hiddenOf(identifier, hide)])),
  );
  await bulk(
    sql,
    (rows) => `delete from former_patient where patient in (select patient from ${rows} w)`,
    { patient: 'text' },
    ids.map((id) => [id]),
  );
}

/** Those of a Patient with the person: a number that an organisation gave is of that organisation's system. */
function identifiersOf(resource: Resource): readonly PersonIdentifier[] {
  if (resource.resourceType !== 'Patient') return [];
  const { identifier } = resource as { readonly identifier?: unknown };
  return (Array.isArray(identifier) ? identifier : []).flatMap((it: Partial<PersonIdentifier> | null) =>
    typeof it?.system === 'string' && typeof it.value === 'string' ? [{ system: it.system, value: it.value }] : [],
  );
}
