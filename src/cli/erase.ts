import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { type Issue, issue } from '../fhir/issue.ts';
import { networkInForce } from '../main/stored-set.ts';
import { demoNetwork, world } from '../main.ts';
import type { Erasure, ErasureResult, Store } from '../store/port.ts';
import { patientsOf } from '../tracker/index.ts';
import { bsnFrom } from './bsn-from.ts';
import type { Language } from './options.ts';
import { readingStore, type StoreOptions, withStoreOptions } from './reading-store.ts';
import { onExistingStore } from './writing-store.ts';

type Options = StoreOptions & { readonly network: string };
type PersonOptions = Options & {
  readonly bsn?: string;
  readonly patient?: readonly string[];
  readonly reason: string;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly evenIfOpen?: true;
};

/** `mgn erase`: erases one person as a whole. See docs/operate/erasure.md. */
export const registerErase = (program: Command): void => {
  const erase = program.command('erase').description('erase one person as a whole; the audit trail stays');
  const onNetwork = (command: Command) =>
    withStoreOptions(command).option(
      '--network <dir>',
      'folder of the network, when no set was activated',
      demoNetwork,
    );
  onNetwork(
    erase
      .command('person')
      .description(
        'destroy the data keys of a person, remove what is stored, and request the same of partners by Task',
      ),
  )
    .option('--bsn <file>', 'file with the BSN, or - for the standard input: an argument would be visible to others')
    .option('--patient <id...>', 'ids of the Patient at this gateway')
    .requiredOption('--reason <text>', 'recorded; no personal data')
    .option('--dry-run', 'show what would be erased')
    .option('--even-if-open', 'also when a Task, an order or a delivery is open; what waits is not sent')
    .option('--yes', 'do not ask for confirmation')
    .action((options: PersonOptions) => onExistingStore(options, (store) => erasePerson(store, options)));
  withStoreOptions(
    erase
      .command('list')
      .description('the persons that were erased, as lines for mgn erase replay: store them elsewhere'),
  ).action((options: StoreOptions) =>
    readingStore(options, async (store) => {
      for (const it of await store.erasures()) process.stdout.write(`${JSON.stringify(it)}\n`);
      return [];
    }),
  );
  onNetwork(
    erase
      .command('replay <file>')
      .description('erase again who was erased after a backup was made: after that backup was restored'),
  ).action((file: string, options: Options) => onExistingStore(options, (store) => replay(store, file, options)));
};

async function erasePerson(store: Store, options: PersonOptions): Promise<readonly Issue[]> {
  const { language, reason, evenIfOpen = false } = options;
  if ((options.bsn === undefined) === (options.patient === undefined))
    throw new Error('Name the person by --bsn or by --patient.');
  const network = await networkInForce(store, options.network);
  if (!network.ok) return network.issues;
  const patients =
    options.patient?.map((id) => `Patient/${id}`) ?? (await patientsWith(store, await bsnFrom(options.bsn!, language)));
  if (patients.length === 0) return [issue('erasure-person-unknown', {})];
  const wish = { patients, now: world.now(), network: network.value.name, reason, evenIfOpen };
  const found = await store.erasePerson({ ...wish, dryRun: true });
  const refused = refusalOf(found, language);
  if (refused) return [refused];
  const { erasure } = found as Extract<ErasureResult, { erasure: Erasure }>;
  if (erasure.patients.length === 0) return [issue('erasure-person-unknown', {})];
  process.stdout.write(`${linesOf(erasure, language).join('\n')}\n`);
  if (options.dryRun) return [];
  if (!options.yes && !(await isConfirmed(language))) return [issue('erasure-not-confirmed', {})];
  const done = await store.erasePerson(wish);
  const late = refusalOf(done, language);
  if (late) return [late];
  process.stdout.write(`${language === 'nl' ? 'Gewist.' : 'Erased.'}\n`);
  return [];
}

/** Also those that the retention removed, so that nothing leads from the number to the audit trail any more. */
async function patientsWith(store: Store, bsn: string): Promise<readonly string[]> {
  const { stored, removed } = await patientsOf(store, { bsn });
  return [...stored, ...removed].map((id) => `Patient/${id}`);
}

const refusalOf = (result: ErasureResult, _: Language): Issue | undefined => {
  if (result.kind === 'in clear') return issue('erasure-in-clear', {});
  if (result.kind !== 'open') return undefined;
  const { open } = result.erasure;
  return issue('erasure-open', { count: open.length, open: open.slice(0, 10).join(', ') });
};

const linesOf = (it: Erasure, language: Language): readonly string[] =>
  language === 'nl'
    ? [
        `Patiënten: ${it.patients.join(', ')}`,
        `Te wissen: ${it.resources} resources, ${it.messages} berichten, ${it.deliveries} afleveringen`,
        `Nog open: ${it.open.join(', ') || 'niets'}`,
        `Verzoek per Task aan: ${it.recipients.join(', ') || 'niemand'}`,
      ]
    : [
        `Patients: ${it.patients.join(', ')}`,
        `To erase: ${it.resources} resources, ${it.messages} messages, ${it.deliveries} deliveries`,
        `Still open: ${it.open.join(', ') || 'nothing'}`,
        `Request by Task to: ${it.recipients.join(', ') || 'nobody'}`,
      ];

async function isConfirmed(language: Language): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const question = createInterface({ input: process.stdin, output: process.stderr });
  const [text, yes] =
    language === 'nl'
      ? ['Dit is niet terug te draaien. Typ "wissen": ', 'wissen']
      : ['This cannot be undone. Type "erase": ', 'erase'];
  const answer = await question.question(text);
  question.close();
  return answer.trim() === yes;
}

/**
 * Erases who is named in the file and stored here: who is not is left out. Also what is open, since it was erased before. The Patients of
 * one erasure together, so that a partner is requested once.
 */
async function replay(store: Store, file: string, { network: folder, language }: Options): Promise<readonly Issue[]> {
  const network = await networkInForce(store, folder);
  if (!network.ok) return network.issues;
  const listed: Listed[] = [];
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = entryIn(line);
    if (!entry) return [issue('erasure-list-invalid', { line: index + 1 })];
    listed.push(entry);
  }
  let count = 0;
  for (const together of Map.groupBy(listed, ({ at, patient }) => at ?? patient).values()) {
    const done = await store.erasePerson({
      patients: together.map(({ patient }) => patient),
      now: world.now(),
      network: network.value.name,
      reason: together[0]?.reason ?? 'replay',
      evenIfOpen: true,
    });
    if (done.kind === 'in clear') return [issue('erasure-in-clear', {})];
    count += done.erasure.patients.length;
  }
  process.stdout.write(language === 'nl' ? `${count} opnieuw gewist\n` : `${count} erased again\n`);
  return [];
}

/** A line of `mgn erase list`. */
type Listed = { readonly patient: string; readonly at?: string; readonly reason?: string };

function entryIn(line: string): Listed | undefined {
  try {
    const { patient, at, reason } = JSON.parse(line) as { readonly [name in keyof Listed]: unknown };
    if (typeof patient !== 'string' || !/^Patient\/[A-Za-z0-9\-.]{1,64}$/.test(patient)) return undefined;
    return {
      patient,
      ...(typeof at === 'string' ? { at } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
    };
  } catch {
    return undefined;
  }
}
