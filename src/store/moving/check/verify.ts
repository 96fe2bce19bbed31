import {
  isSignedBy,
  publicKeyOf,
  type SignedHead,
  signedHeadOf,
  signingInteraction,
} from '../../../audit/signed-head.ts';
import { type Issue, issue } from '../../../fhir/issue.ts';
import { type Result, success } from '../../../fhir/result.ts';
import type { AuditEvent } from '../../port.ts';
import { unpackFacts } from '../../sql/journal/facts.ts';
import { bytes, number, type Sql } from '../../sql/sql.ts';
import { openSource } from '../database.ts';
import type { Place } from '../place.ts';
import { type Report, silence } from '../progress.ts';
import { type ChainVerified, type KnownHead, verifyChain } from './chain.ts';
import { verifyIndexes } from './indexes.ts';
import { problems as newProblems } from './problems.ts';

export type JournalVerified = ChainVerified & {
  readonly problems: readonly Issue[];
  readonly others: number;
  /** Signed heads that are those of this journal. */
  readonly heads: number;
  /** The keys that signed them, by `SignedHead.key`. */
  readonly keys: readonly string[];
};

export type Expected = {
  /** Signed heads that were exported before. */
  readonly heads?: readonly SignedHead[];
  /** Heads that somebody wrote down, without a signature. */
  readonly noted?: readonly KnownHead[];
  /** The public key of the network: heads of another key are a problem. Absent: each head is verified with its own. */
  readonly publicKey?: string;
};

/**
 * Verifies the audit trail of a store: the chain over its journal, and the signed heads that the journal itself has or that
 * were exported before. Next to a running gateway; it only reads. Issue: `store-read-failed`.
 */
export async function verifyJournal(
  place: Place,
  { heads: exported = [], noted = [], publicKey }: Expected,
  report: Report = silence,
): Promise<Result<JournalVerified>> {
  const opened = await openSource(place);
  if (!opened.ok) return opened;
  const { sql, close } = opened.value;
  try {
    const found = newProblems();
    const heads = [...exported, ...(await headsIn(sql))];
    for (const head of heads) {
      const key = publicKeyOf(publicKey ?? head.publicKey);
      if (key && isSignedBy(head, key)) continue;
      found.add('signature', issue('audit-signature-invalid', { entry: head.entry, at: head.at, key: head.key }));
    }
    const verified = await verifyChain(sql, found, [...heads, ...noted], (done, last) => report('chain', done, last));
    await verifyIndexes(sql, found, (done, last) => report('indexes', done, last));
    const problems = found.found();
    const wrong = problems.filter(({ rule }) => rule === 'audit-head-differs' || rule === 'audit-signature-invalid');
    return success({
      ...verified,
      problems,
      others: found.others(),
      heads: Math.max(0, new Set(heads.map(({ entry, at }) => `${entry} ${at}`)).size - wrong.length),
      keys: [...new Set(heads.map(({ key }) => key))],
    });
  } finally {
    await close();
  }
}

/** A signed head is an entry of its own: a commit with nothing but its AuditEvent. */
async function headsIn(sql: Sql): Promise<readonly SignedHead[]> {
  const heads: SignedHead[] = [];
  for (let after = 0, more = true; more; ) {
    const rows = await sql.all(
      `select seq, facts from entry where seq > ?1 and facts is not null and payload is null and message is null
       order by seq limit 500`,
      after,
    );
    for (const row of rows) heads.push(...headsOf(bytes(row.facts)));
    after = number(rows.at(-1)?.seq);
    more = rows.length === 500;
  }
  return heads;
}

function headsOf(facts: Uint8Array): readonly SignedHead[] {
  try {
    return unpackFacts(facts).flatMap((text) =>
      text.includes(`"${signingInteraction}"`) ? (signedHeadOf(JSON.parse(text) as AuditEvent) ?? []) : [],
    );
  } catch {
    return []; // reported by the check of the entries
  }
}
