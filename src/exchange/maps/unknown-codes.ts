import { bsn } from '../../fhir/identifier.ts';
import type { CompiledMap, UnmappedCode } from '../../mapping/index.ts';
import type { Store, UnknownCode, UnknownCodeSeen } from '../../store/port.ts';
import type { PublishedMap } from './published-map.ts';

/** A code that a table of a map does not contain, with the map. */
export type Unmapped = UnmappedCode & { readonly map: string };

export const unmappedOf = ({ url }: CompiledMap, codes: readonly UnmappedCode[]): readonly Unmapped[] =>
  codes.map((it) => ({ ...it, map: url }));

/** Entries for the list of unknown codes, without display and text: those may describe a person. */
export const unknownCodesSeen = (unmapped: readonly Unmapped[]): readonly UnknownCodeSeen[] =>
  unmapped.flatMap(({ map, table, system, code, handling }) =>
    handling === 'refuse' ? [] : [{ map, table, ...(system ? { system } : {}), code, handling }],
  );

/** A line of the list for the operator; without `code` where the value of the message was not a code. */
export type UnknownCodeLine = Omit<UnknownCode, 'code'> & { readonly code?: string };

/** A longer list is not read to its end. */
const maximumLines = 1000;

/**
 * Codes of messages that the tables of the current maps still do not contain: those in the queue first, then the most
 * frequent. A code leaves the list when it is added to its table.
 */
export async function unknownCodeList(context: {
  readonly store: Store;
  readonly maps: readonly PublishedMap[];
}): Promise<readonly UnknownCodeLine[]> {
  const found: UnknownCode[] = [];
  let cursor: string | undefined;
  do {
    const page = await context.store.unknownCodes({ count: 500, ...(cursor ? { cursor } : {}) });
    found.push(...page.items.filter((it) => !isMapped(it, context.maps)));
    cursor = page.next;
  } while (cursor);
  return found
    .sort((a, b) => Number(b.handling === 'queue') - Number(a.handling === 'queue') || b.count - a.count)
    .slice(0, maximumLines)
    .map(({ code, ...line }) => (isListable(code) ? { ...line, code } : line));
}

/** Codes stored without a map are looked up in every map that has a table of that name. */
const isMapped = ({ map, table, system, code }: UnknownCode, maps: readonly PublishedMap[]): boolean =>
  maps.some(
    (it) => (map === '' || it.map.url === map) && it.map.table(table)?.find({ code, ...(system ? { system } : {}) }),
  );

/** Text or the number of a person in the place of a code is never shown outside the message. */
const isListable = (code: string): boolean => /^[!-~]{1,64}$/.test(code) && bsn(code) === undefined;
