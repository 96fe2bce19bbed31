import type { Issue } from '../../../fhir/issue.ts';
import { issue } from '../../../fhir/issue.ts';
import { type Result, success } from '../../../fhir/result.ts';
import type { Sql } from '../../sql/sql.ts';
import { openSource } from '../database.ts';
import type { Place } from '../place.ts';
import { type Report, silence } from '../progress.ts';
import { verifyChain } from './chain.ts';
import { checkEntries } from './entries.ts';
import { verifyIndexes } from './indexes.ts';
import { problems as newProblems, type Problems } from './problems.ts';
import { checkRelations } from './relations.ts';
import { checkTexts } from './texts.ts';

/** What was checked, and what was wrong. */
export type Checked = {
  readonly problems: readonly Issue[];
  /** Problems of the same kinds that are not listed. */
  readonly others: number;
  /** Entries of the journal that can be read. */
  readonly entries: number;
  readonly unreadable: number;
  /** Versions of resources whose text can be read. */
  readonly texts: number;
};

/**
 * Checks a store, next to a running gateway: the pages of its file, each entry of its journal, the chain over it, and that all rows lead to
 * what they belong to. It only reads, page by page: the journal is only added to, and each statement sees one state.
 * Issue: `store-read-failed`.
 */
export async function checkStore(place: Place, report: Report = silence): Promise<Result<Checked>> {
  const opened = await openSource(place);
  if (!opened.ok) return opened;
  const source = opened.value;
  try {
    const found = newProblems();
    const { sql } = source;
    if (place.kind === 'sqlite') {
      report('pages', 0, 1);
      await found.part(place.file, () => checkPages(sql, place.file, found));
    }
    const { entries, unreadable } = await checkEntries(sql, found, (done, last) => report('entries', done, last));
    await found.part('chain', async () => {
      await verifyChain(sql, found, [], (done, last) => report('chain', done, last));
    });
    await found.part('indexes', () => verifyIndexes(sql, found, (done, last) => report('indexes', done, last)));
    report('rows', 0, 1);
    await checkRelations(sql, found);
    const texts = await checkTexts(sql, found);
    return success({ problems: found.found(), others: found.others(), entries, unreadable, texts });
  } finally {
    await source.close();
  }
}

/** https://www.sqlite.org/pragma.html#pragma_integrity_check: pages, order of keys, indexes. */
async function checkPages(sql: Sql, file: string, problems: Problems): Promise<void> {
  for (const { integrity_check: line } of await sql.all('pragma integrity_check(100)'))
    if (line !== 'ok')
      for (const problem of String(line).split('\n'))
        problems.add('pages', issue('store-corrupt', { place: file, problem }));
}
