import { bsn } from '../../fhir/identifier.ts';
import type { CompiledMap, UnmappedCode } from '../../mapping/index.ts';
import type { Store, UnknownCode, UnknownCodeSeen } from '../../store/port.ts';
import type { PublishedMap } from './published-map.ts';

/** A code that no table knew, with the map that asked. */
export type Unmapped = UnmappedCode & { readonly map: string };

export const unmappedOf = ({ url }: CompiledMap, codes: readonly UnmappedCode[]): readonly Unmapped[] =>
  codes.map((it) => ({ ...it, map: url }));

/** What goes on the list of unknown codes: never the display or text that came along, people write about persons in it. */
export const unknownCodesSeen = (unmapped: readonly Unmapped[]): readonly UnknownCodeSeen[] =>
  unmapped.flatMap(({ map, table, system, code, handling }) =>
    handling === 'refuse' ? [] : [{ map, table, ...(system ? { system } : {}), code, handling }],
  );

/** A line of the list, as an operator may see it: `code` is absent where what stood there is no code. */
export type UnknownCodeLine = Omit<UnknownCode, 'code'> & { readonly code?: string };

/** A list that nobody reads to its end. */
const maximumLines = 1000;

/**
 * The codes that messages carried and that the tables of the present maps still do not know: the queue first, then the most
 * frequent. A code leaves the list when its table knows it; nothing is to be ticked off.
 */
export async function unknownCodeList(looking: {
  readonly store: Store;
  readonly maps: readonly PublishedMap[];
}): Promise<readonly UnknownCodeLine[]> {
  const found: UnknownCode[] = [];
  let cursor: string | undefined;
  do {
    const page = await looking.store.unknownCodes({ count: 500, ...(cursor ? { cursor } : {}) });
    found.push(...page.items.filter((it) => !isMapped(it, looking.maps)));
    cursor = page.next;
  } while (cursor);
  return found
    .sort((a, b) => Number(b.handling === 'queue') - Number(a.handling === 'queue') || b.count - a.count)
    .slice(0, maximumLines)
    .map(({ code, ...line }) => (isListable(code) ? { ...line, code } : line));
}

/** Codes of before their map was kept with them are asked of every map that has a table of that name. */
const isMapped = ({ map, table, system, code }: UnknownCode, maps: readonly PublishedMap[]): boolean =>
  maps.some(
    (it) => (map === '' || it.map.url === map) && it.map.table(table)?.find({ code, ...(system ? { system } : {}) }),
  );

/** Where a sender put words, or the number of a person, in the place of a code, nobody sees it outside the message. */
const isListable = (code: string): boolean => /^[!-~]{1,64}$/.test(code) && bsn(code) === undefined;
