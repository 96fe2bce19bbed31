import type { Command } from 'commander';
import { isTextSignedBy, publicKeyOf } from '../../audit/signed-head.ts';
import { isOpeningOf, type Opening, type Proof, signedTextOf } from '../../disclosure/index.ts';
import { issue } from '../../fhir/issue.ts';
import { type Result, success } from '../../fhir/result.ts';
import { printIssues } from '../../main/print-issues.ts';
import type { Store } from '../../store/port.ts';
import { openedBy, proofsOf, proofsOfTrace } from '../../tracker/index.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { onExistingStore } from '../writing-store.ts';
import { failed, keyIn, textIn, unreadable } from './files.ts';
import { recordReading } from './record-reading.ts';

type Options = StoreOptions & { readonly recipient?: string; readonly open?: string; readonly key?: string };

const help = `
ID is the id of a message, or the X-Trace-Id of its journey. Each receipt is one JSON object on a line: what was withheld, and
why, by path; never a value. Do not send it to the recipient: it has the paths that were withheld.
With --open PATH (Patient/018f….birthDate) it prints the receipt with that one value and what proves it, for the sender or the person.
verify reads such a file, and needs no store.
Exits with 1 when there is no such receipt or path, or when the proof fails.`;

/** `mgn audit receipt`: proofs of disclosures. See docs/operate/audit.md. */
export function registerReceipt(audit: Command): void {
  const showing = audit
    .command('receipt <id>')
    .description('the signed receipts of the disclosures of a message, or one value of one with its proof')
    .option('--recipient <partner>', 'only the disclosure to this partner')
    .option('--open <path>', 'show the value of this path, and nothing else of the source');
  withStoreOptions(showing)
    .addHelpText('after', help)
    .action((id: string, _: Options, own: Command) => {
      const options = own.optsWithGlobals<Options>();
      // that a value is shown is recorded
      return options.open === undefined
        ? readingStore(options, (store) => show(store, id, options))
        : onExistingStore(options, (store) => show(store, id, options));
    });
  audit
    .command('verify-receipt <file>')
    .description(
      'verify a receipt, or a value that was shown of one: its signature, and that the value is of its source',
    )
    .requiredOption('--key <file>', 'public key of the gateway in PEM')
    .action((file: string, _: Options, own: Command) => verify(file, own.optsWithGlobals()));
}

async function show(store: Store, id: string, { recipient, open }: Options) {
  const found: Proof[] = [...((await proofsOf(store, id)) ?? [])];
  if (found.length === 0) for await (const proof of proofsOfTrace(store, id)) found.push(proof);
  const proofs = found.filter(({ receipt }) => recipient === undefined || receipt.recipient === recipient);
  if (proofs.length === 0) return [issue('receipt-not-found', {})];
  if (open === undefined) {
    for (const proof of proofs) process.stdout.write(`${JSON.stringify(proof)}\n`);
    return [];
  }
  for (const proof of proofs) {
    const opened = await openedBy(store, proof, open);
    if (!opened.ok && opened.because === 'path') continue;
    if (!opened.ok) return [issue('receipt-source-missing', {})];
    await recordReading(store, 'open-receipt', proof.person === 'none' ? [] : [proof.person]);
    process.stdout.write(`${JSON.stringify({ proof, opening: opened.opening })}\n`);
    return [];
  }
  return [issue('receipt-path-unknown', {})];
}

function verify(file: string, { key: keyFile, language = 'en' }: Pick<Options, 'key' | 'language'>): void {
  const key = keyIn(keyFile!);
  const read = receiptIn(file);
  if (!key.ok || !read.ok) {
    failed('mgn audit', [...key.issues, ...read.issues], language);
    return;
  }
  const problems = problemsOf(read.value, key.value);
  if (problems.length) process.stderr.write(`${printIssues('mgn audit', problems, language).join('\n')}\n`);
  else process.stdout.write(`${{ en: 'The receipt is valid.', nl: 'Het bewijs klopt.' }[language]}\n`);
  process.exitCode = problems.length ? 1 : 0;
}

type Shown = { readonly proof: Proof; readonly opening?: Opening };

function receiptIn(file: string): Result<Shown> {
  const text = textIn(file, 'receipt-file-unreadable');
  if (!text.ok) return text;
  const value = parsed(text.value) as Proof | Shown | null | undefined;
  if (value === undefined) return unreadable(file, 'it is not one JSON object', 'receipt-file-unreadable');
  const both = value && 'proof' in value ? value : { proof: value };
  return typeof both.proof?.signature === 'string' && Array.isArray(both.proof.batch?.inclusion)
    ? success(both as Shown)
    : unreadable(file, 'it is not a receipt', 'receipt-file-unreadable');
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

function problemsOf({ proof, opening }: Shown, key: string) {
  const signed = signedTextOf(proof);
  if (signed === undefined || !isTextSignedBy(signed, proof.signature, publicKeyOf(key)!))
    return [issue('receipt-signature-invalid', {})];
  return opening && !isOpeningOf(opening, proof) ? [issue('receipt-value-invalid', {})] : [];
}
