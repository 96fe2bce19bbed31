import type { Command } from 'commander';
import { readSignedHead, type SignedHead, signedHeadOf, signingInteraction } from '../../audit/signed-head.ts';
import type { Issue } from '../../fhir/issue.ts';
import { type Result, success } from '../../fhir/result.ts';
import { printIssues } from '../../main/print-issues.ts';
import type { KnownHead } from '../../store/moving/check/chain.ts';
import { type JournalVerified, verifyJournal } from '../../store/moving/check/verify.ts';
import { placeOf } from '../../store/moving/place.ts';
import type { AuditEvent, Store } from '../../store/port.ts';
import { auditRows } from '../../tracker/index.ts';
import type { Language } from '../options.ts';
import { printLines } from '../print-lines.ts';
import { type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { progressOn } from '../store/progress.ts';
import { failed, keyIn, onStore, textIn, unreadable } from './files.ts';

type Options = StoreOptions & { readonly heads?: string; readonly head?: string; readonly key?: string };

const help = `
Without --heads or --head, an end that was cut off together with the head of the journal is found up to the last signature only: export
the signed heads, and store them where an administrator of the database cannot change them. Without --key, a signature is verified with
the key that it names.
Exits with 1 when something was altered, removed, inserted or moved, with 2 when the store or a file cannot be read.`;

/** `mgn audit verify` and `mgn audit heads`. See docs/operate/audit.md. */
export function registerVerify(audit: Command): void {
  const verifying = audit
    .command('verify')
    .description('verify that no event of the audit trail was altered, removed, inserted or moved since it was written')
    .option('--heads <file>', 'signed heads that mgn audit heads wrote before')
    .option(
      '--head <entry:hash>',
      'a head that mgn audit verify printed before, and that somebody else has written down',
    )
    .option('--key <file>', 'public key of the gateway in PEM: heads must be signed with it');
  withStoreOptions(verifying)
    .addHelpText('after', help)
    .action((_: Options, own: Command) => verify(own.optsWithGlobals()));
  const heads = audit.command('heads').description('write the signed heads of the journal, one JSON object per line');
  onStore(heads, async (store) => {
    await printLines(headsOf(store));
    return [];
  });
}

async function* headsOf(store: Store): AsyncGenerator<string> {
  for await (const { text } of auditRows(store, { interaction: signingInteraction })) {
    const head = signedHeadOf(JSON.parse(text) as AuditEvent);
    if (head) yield JSON.stringify(head);
  }
}

async function verify({ store, language, json, heads: headsFile, head, key: keyFile }: Options): Promise<void> {
  const fail = (where: string, issues: readonly Issue[]) => failed(where, issues, language);
  const place = placeOf(store);
  if (!place.ok) return fail('--store', place.issues);
  const heads = headsFile === undefined ? success([]) : headsIn(headsFile);
  if (!heads.ok) return fail('--heads', heads.issues);
  const publicKey = keyFile === undefined ? success(undefined) : keyIn(keyFile);
  if (!publicKey.ok) return fail('--key', publicKey.issues);
  const noted = head === undefined ? [] : notedHead(head);
  if (!noted) return fail('--head', unreadable('--head', 'it is no number of an entry, a colon and a hash').issues);
  const progress = progressOn(process.stderr, language);
  const expected = { heads: heads.value, noted, ...(publicKey.value ? { publicKey: publicKey.value } : {}) };
  const result = await verifyJournal(place.value, expected, progress.report).finally(progress.clear);
  if (!result.ok) return fail('--store', result.issues);
  const { problems, others } = result.value;
  if (json) {
    for (const { rule, message, dutch } of problems)
      process.stdout.write(`${JSON.stringify({ rule, message: language === 'nl' ? dutch : message })}\n`);
    const { problems: _, ...counts } = result.value;
    process.stdout.write(`${JSON.stringify({ problems: problems.length + others, ...counts })}\n`);
  } else {
    if (problems.length) process.stderr.write(`${printIssues('mgn audit', problems, language).join('\n')}\n`);
    process.stdout.write(`${summaryOf(result.value)[language].join('\n')}\n`);
  }
  process.exitCode = problems.length ? 1 : 0;
}

/** `1234:hash`, as the summary prints it. */
function notedHead(text: string): readonly KnownHead[] | undefined {
  const [, entry, hash] = /^(\d{1,15}):([\w-]{43})$/.exec(text) ?? [];
  return entry === undefined || hash === undefined ? undefined : [{ entry: Number(entry), hash, at: '--head' }];
}

function headsIn(file: string): Result<readonly SignedHead[]> {
  const text = textIn(file);
  if (!text.ok) return text;
  const heads: SignedHead[] = [];
  for (const [index, line] of text.value.split('\n').entries()) {
    if (line.trim() === '') continue;
    const head = readSignedHead(parsed(line));
    if (!head) return unreadable(file, `line ${index + 1} is not a signed head`);
    heads.push(head);
  }
  return success(heads);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function summaryOf(it: JournalVerified): Record<Language, readonly string[]> {
  const { verified, removed, before, heads, keys, entry, hash, problems, others } = it;
  const found = problems.length + others;
  return {
    en: [
      `${found} problems; ${verified} entries verified, up to entry ${entry}; of ${removed} the retention removed the content`,
      ...(before ? [`${before} entries are from before the chain began: nothing is known of them`] : []),
      `${heads} signed heads${keys.length ? `, of key ${keys.join(', ')}` : ''}; head now: ${entry}:${hash}`,
    ],
    nl: [
      `${found} problemen; ${verified} regels gecontroleerd, tot en met regel ${entry}; van ${removed} is de inhoud na de bewaartermijn verwijderd`,
      ...(before ? [`${before} regels zijn van vóór het begin van de keten: daarover is niets bekend`] : []),
      `${heads} ondertekende koppen${keys.length ? `, van sleutel ${keys.join(', ')}` : ''}; kop nu: ${entry}:${hash}`,
    ],
  };
}
