import type { Command } from 'commander';
import { issue } from '../../fhir/issue.ts';
import type { KeyStatus } from '../../store/port.ts';
import { newRingLine } from '../../store/sql/vault/ring.ts';
import { keyWorkOf, stepByStep } from '../../watchdog/index.ts';
import type { Language } from '../options.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { onExistingStore } from '../writing-store.ts';

/** `mgn store keys` and `mgn store encrypt`: the keys of a store. See docs/operate/keys.md. */
export const registerKeys = (store: Command): void => {
  const keys = store.command('keys').description('the keys of a store: create, see, replace');
  keys
    .command('new <id>')
    .description('print a new key as a line of a key ring; the first line of a ring is the current key')
    .action((id: string) => {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(id))
        throw new Error('An id has at most 32 letters, digits, dots, hyphens and underscores.');
      process.stdout.write(`${newRingLine(id)}\n`);
    });
  withStoreOptions(
    keys.command('status').description('which keys the store needs, and what is left to do; changes nothing'),
  ).action((options: StoreOptions) =>
    readingStore(options, async (opened) => {
      const status = await opened.keyStatus();
      const lines = options.json ? [JSON.stringify(status)] : statusLines(status, options.language);
      process.stdout.write(`${lines.join('\n')}\n`);
      return [];
    }),
  );
  withStoreOptions(
    keys.command('rotate').description('wrap all data keys under the current key now; the gateway may be running'),
  ).action((options: StoreOptions) =>
    onExistingStore(options, async (opened) => {
      if (!(await opened.keyStatus()).current) return [issue('store-keys-required', { store: options.store })];
      if ((await keyWorkOf(opened)).rewrapped) await stepByStep(opened.rewrapKeys);
      process.stdout.write(`${statusLines(await opened.keyStatus(), options.language).join('\n')}\n`);
      return [];
    }),
  );
  withStoreOptions(
    keys
      .command('renew-index')
      .description('give the index a new secret: it is made anew at the next start. Stop the gateways first'),
  ).action((options: StoreOptions) =>
    onExistingStore(options, async (opened) =>
      (await opened.renewIndex()) ? [] : [issue('store-keys-required', { store: options.store })],
    ),
  );
  withStoreOptions(
    store
      .command('encrypt')
      .description('encrypt the texts that an earlier release stored in clear; the gateway may be running'),
  ).action((options: StoreOptions) =>
    onExistingStore(options, async (opened) => {
      if (!(await opened.keyStatus()).current) return [issue('store-keys-required', { store: options.store })];
      await stepByStep(opened.encryptTexts);
      process.stdout.write(`${statusLines(await opened.keyStatus(), options.language).join('\n')}\n`);
      return [];
    }),
  );
};

const statusLines = ({ current, wrapped, erased, inClear }: KeyStatus, language: Language): readonly string[] => {
  const isDutch = language === 'nl';
  const lines = wrapped.map(({ kid, persons, index }) =>
    isDutch
      ? `${kid}: gegevenssleutels van ${persons} personen${index ? ', sleutel van de index' : ''}${kid === current ? ' (huidig)' : persons || index ? '' : ': niet meer nodig'}`
      : `${kid}: data keys of ${persons} persons${index ? ', key of the index' : ''}${kid === current ? ' (current)' : persons || index ? '' : ': no longer needed'}`,
  );
  return [
    ...(current === undefined
      ? [isDutch ? 'geen sleutelbos: de opslag is niet versleuteld' : 'no key ring: the store is not encrypted']
      : lines),
    isDutch ? `${erased} personen gewist` : `${erased} persons erased`,
    isDutch ? `${inClear} regels van het journaal in klare tekst` : `${inClear} entries of the journal in clear`,
  ];
};
