import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem } from '@medplum/fhirtypes';
import type { Command } from 'commander';
import { auditEvent } from '../audit/event.ts';
import {
  dayIn,
  importWaitingTimes,
  networkFromLog,
  openCurrentNetwork,
  ownSource,
  type WaitingTimeCodes,
} from '../directory/index.ts';
import { mgnProfile } from '../fhir/canonical.ts';
import { type Issue, isError, issue } from '../fhir/issue.ts';
import { writeJson } from '../fhir/json.ts';
import { openOwnValidator, profilesPackage } from '../main/own-validator.ts';
import { printIssues } from '../main/print-issues.ts';
import { networkInForce } from '../main/stored-set.ts';
import { demoNetwork, openStore, world } from '../main.ts';
import type { Store } from '../store/port.ts';
import { type Language, languageOption } from './options.ts';

type Options = {
  readonly network: string;
  readonly store: string;
  readonly dryRun?: true;
  readonly language: Language;
};

/** `mgn waiting-times import FILE`: waiting times and capacity from a CSV file, all or nothing. */
export const registerWaitingTimes = (program: Command): void => {
  program
    .command('waiting-times')
    .description('waiting times and capacity of the services of the directory')
    .command('import')
    .description('import a CSV file, all or nothing, with a report per line (docs/guide/waiting-times.md)')
    .argument('<file>', 'CSV in UTF-8: cells separated by semicolons, decimal point')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .option('--store <store>', 'sqlite:FILE or postgres://…', 'sqlite:mgn-gateway.db')
    .option('--dry-run', 'only report what would be imported')
    .addOption(languageOption())
    .action(async (file: string, options: Options) => {
      const outcome = await takeOver(file, options);
      if (outcome.lines.length > 0) process.stdout.write(`${outcome.lines.join('\n')}\n`);
      if (outcome.issues.length > 0)
        process.stderr.write(`${printIssues(file, outcome.issues, options.language).join('\n')}\n`);
      process.exitCode = outcome.issues.some(isError) ? 1 : 0;
    });
};

type Outcome = { readonly lines: readonly string[]; readonly issues: readonly Issue[] };

async function takeOver(file: string, options: Options): Promise<Outcome> {
  const nothing = { en: 'Nothing was imported.', nl: 'Er is niets overgenomen.' }[options.language];
  const refusedWith = (issues: readonly Issue[]): Outcome => ({ lines: [nothing], issues });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const problem = (error as NodeJS.ErrnoException).code ?? 'UTF-8';
    return refusedWith([issue('config-unreadable', { file, problem })]);
  }
  // a dry run creates no store
  const stored = /^sqlite:(.*)/.exec(options.store)?.[1];
  const isNew = stored !== undefined && !existsSync(stored);
  const opened = await openStore(options.dryRun && isNew ? 'sqlite::memory:' : options.store, { thread: 'none' });
  if (!opened.ok) return refusedWith(opened.issues);
  const store = opened.value;
  try {
    // files of a set that is not in force would be written into the directory log
    const loaded = await networkInForce(store, options.network);
    if (!loaded.ok) return refusedWith(loaded.issues);
    const now = world.now();
    const living = options.dryRun ? undefined : await openCurrentNetwork(loaded.value, store, now);
    const network = living?.current() ?? (await networkFromLog(loaded.value, store));
    const today = dayIn(network.settings.timezone, now);
    const imported = importWaitingTimes(text, network, { today, codes: waitingTimeCodes() });
    if (!imported.ok) return refusedWith(imported.issues);
    const { lines, services } = imported.value;
    const validator = await openOwnValidator();
    const misfits = services.flatMap((it) =>
      validator.validate(it, { profiles: [mgnProfile('healthcare-service')] }).issues.filter(isError),
    );
    if (misfits.length > 0) return refusedWith(misfits);
    const report = lines.map((it) => `${file}:${it.line}: ${it.service} ${said[it.outcome][options.language]}`);
    if (!living) return { lines: [...report, dry[options.language]], issues: [] };
    const directory = services.map((it) => ({
      source: ownSource,
      type: 'HealthcareService',
      id: it.id ?? '',
      text: writeJson(it),
      expect: living.version(`HealthcareService/${it.id}`)?.version ?? 0,
    }));
    const committed = await keep(store, network.name, directory, now);
    if (!committed) return refusedWith([issue('store-unavailable', {})]);
    return { lines: [...report, done(services.length)[options.language]], issues: [] };
  } finally {
    await store.close();
  }
}

/** One transaction with its audit event. False when the services changed concurrently. */
async function keep(
  store: Store,
  name: string,
  directory: NonNullable<Parameters<Store['commit']>[0]['directory']>,
  now: Date,
): Promise<boolean> {
  if (directory.length === 0) return true;
  const event = auditEvent({
    id: world.newId(),
    at: now,
    action: 'U',
    interaction: 'update',
    outcome: 'success',
    codes: [],
    partner: { id: 'mgn-gateway', name },
    references: directory.map(({ type, id }) => `${type}/${id}`),
  });
  return (await store.commit({ now, directory, audit: [event] })).kind === 'committed';
}

/** The codes of the profiles, so that a code added there is accepted here. */
function waitingTimeCodes(): WaitingTimeCodes {
  const codes = (name: string): string[] => {
    const system = JSON.parse(readFileSync(join(profilesPackage, `CodeSystem-mgn-${name}.json`), 'utf8')) as CodeSystem;
    return (system.concept ?? []).map(({ code }) => code);
  };
  return {
    'diagnosis-group': codes('diagnosis-group'),
    method: codes('waiting-time-method'),
    source: codes('waiting-time-source'),
    capacity: codes('capacity-status'),
  };
}

const said = {
  new: { en: 'new', nl: 'nieuw' },
  changed: { en: 'changed', nl: 'gewijzigd' },
  unchanged: { en: 'unchanged', nl: 'ongewijzigd' },
} as const;
const dry = {
  en: 'Dry run: nothing was imported.',
  nl: 'Proef: er is niets overgenomen.',
};
const done = (count: number) => ({
  en: `Imported: ${count} services changed. Earlier values are in their history.`,
  nl: `Overgenomen: ${count} keer aanbod met nieuwe cijfers. Wat er eerder stond, staat in de geschiedenis.`,
});
