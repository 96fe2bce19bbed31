import type { Command } from 'commander';
import {
  type Failure,
  failures,
  holdPartner,
  noteFailure,
  type PartnerLine,
  partnerLines,
  releasePartner,
} from '../../operations/index.ts';
import type { Store } from '../../store/port.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { onExistingStore } from '../writing-store.ts';
import { actingOn } from './operator.ts';

type NoteOptions = StoreOptions & {
  readonly partner?: string;
  readonly acknowledge?: true;
  readonly owner?: string;
  readonly close?: string;
};

/** `mgn partners`, `mgn hold`, `mgn release`, `mgn failures`: on the store, next to a running gateway. */
export const registerPartners = (program: Command): void => {
  withStoreOptions(
    program
      .command('partners')
      .description('partners for whom deliveries wait, that fail, or that are held; counts and times'),
  ).action((options: StoreOptions) => readingStore(options, (store) => listPartners(store, options)));
  withStoreOptions(program.command('hold <partner>').description('stop deliveries to a partner; messages for it wait'))
    .requiredOption('--reason <text>', 'why; recorded in the audit trail, no personal data')
    .action((partner: string, options: StoreOptions & { readonly reason: string }) =>
      onExistingStore(options, async (store) => {
        const held = await holdPartner(actingOn(store), partner, options.reason);
        if (!held.ok) return held.issues;
        process.stdout.write(`${partner} is held\n`);
        return [];
      }),
    );
  withStoreOptions(program.command('release <partner>').description('continue deliveries to a partner')).action(
    (partner: string, options: StoreOptions) =>
      onExistingStore(options, async (store) => {
        const released = await releasePartner(actingOn(store), partner);
        if (!released.ok) return released.issues;
        process.stdout.write(`${partner} is released\n`);
        return [];
      }),
  );
  withStoreOptions(
    program
      .command('failures [cause]')
      .description('what was not delivered by cause, over partners; with a cause: acknowledge, assign or close it'),
  )
    .option('--partner <id>', 'only those to this partner')
    .option('--acknowledge', 'it was seen')
    .option('--owner <name>', 'who finds out')
    .option('--close <reason>', 'it is solved; it is open again when another delivery fails by it')
    .action((cause: string | undefined, options: NoteOptions) =>
      cause === undefined
        ? readingStore(options, (store) => listFailures(store, options))
        : onExistingStore(options, (store) => note(store, cause, options)),
    );
};

async function listPartners(store: Store, { json }: StoreOptions) {
  const lines = await partnerLines(store);
  for (const it of lines) process.stdout.write(`${json ? JSON.stringify(it) : partnerText(it)}\n`);
  if (!json && lines.length === 0) process.stdout.write('no partner waits for a delivery, and none is held\n');
  return [];
}

const partnerText = ({ partner, waiting, failures: failed, oldest, pausedUntil, held }: PartnerLine): string =>
  [
    `${partner}  ${waiting} waiting${oldest ? `, oldest ${oldest.toISOString()}` : ''}`,
    ...(failed ? [`  ${failed} failed attempts${pausedUntil ? `, next at ${pausedUntil.toISOString()}` : ''}`] : []),
    ...(held ? [`  held since ${held.since.toISOString()} by ${held.by}: ${held.reason}`] : []),
  ].join('\n');

async function listFailures(store: Store, { json, partner }: NoteOptions) {
  const found = await failures(store, partner);
  for (const it of found) process.stdout.write(`${json ? JSON.stringify(it) : failureText(it)}\n`);
  if (!json && found.length === 0) process.stdout.write('nothing failed\n');
  return [];
}

const failureText = ({ cause, state, owner, dead, aside, partners, oldest, latest }: Failure): string =>
  [
    `${cause}  ${state}${owner ? `, ${owner}` : ''}`,
    `  ${dead} given up, ${aside} set aside; since ${oldest.toISOString()}, latest ${latest.toISOString()}`,
    `  ${partners.map((it) => `${it.partner} ${it.count}`).join(', ')}`,
  ].join('\n');

async function note(store: Store, cause: string, { acknowledge, owner, close }: NoteOptions) {
  const wishes = [
    ...(acknowledge ? [{ act: 'acknowledge' } as const] : []),
    ...(owner === undefined ? [] : [{ act: 'own', owner } as const]),
    ...(close === undefined ? [] : [{ act: 'close', reason: close } as const]),
  ];
  const [wish] = wishes;
  if (!wish || wishes.length > 1) throw new Error('Use one of --acknowledge, --owner and --close.');
  const noted = await noteFailure(actingOn(store), cause, wish);
  if (!noted.ok) return noted.issues;
  process.stdout.write(
    `${cause}: ${wish.act === 'own' ? `owner ${wish.owner}` : `${wish.act === 'close' ? 'closed' : 'acknowledged'}`}\n`,
  );
  return [];
}
