import { type Command, InvalidArgumentError } from 'commander';
import { networkInForce } from '../../main/stored-set.ts';
import { demoNetwork, world } from '../../main.ts';
import type { Kept } from '../../store/port.ts';
import { type RetentionTotal, removableByNow, retentionTerms } from '../../watchdog/index.ts';
import type { Language } from '../options.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';

type Options = StoreOptions & {
  readonly network: string;
  readonly contentMonths?: number;
  readonly auditMonths?: number;
};

/** `mgn store retention`: what the gateway would remove now. It changes nothing. See docs/operate/retention.md. */
export const registerRetention = (store: Command): void => {
  withStoreOptions(
    store
      .command('retention')
      .description('show what the gateway would remove from the store now, and why the rest stays; changes nothing'),
  )
    .option('--dry-run', 'the same: this command only shows; the gateway removes')
    .option('--network <dir>', 'folder of the network, for its terms when no set was activated', demoNetwork)
    .option('--content-months <number>', 'another term for journeys, 1 to 240', months(1))
    .option('--audit-months <number>', 'another term for the audit trail, 60 to 240', months(60))
    .action((options: Options) =>
      readingStore(options, async (opened) => {
        const network = await networkInForce(opened, options.network);
        if (!network.ok) return network.issues;
        const { contentMonths, auditMonths } = { ...network.value.settings.retention, ...termsIn(options) };
        const terms = retentionTerms(
          { ...(contentMonths ? { contentMonths } : {}), ...(auditMonths ? { auditMonths } : {}) },
          world.now(),
        );
        const total = await removableByNow(opened, terms);
        const lines = options.json
          ? [JSON.stringify({ before: terms, ...total })]
          : linesOf(terms, total, options.language);
        process.stdout.write(`${lines.join('\n')}\n`);
        return [];
      }),
    );
};

const termsIn = ({ contentMonths, auditMonths }: Options) => ({
  ...(contentMonths === undefined ? {} : { contentMonths }),
  ...(auditMonths === undefined ? {} : { auditMonths }),
});

/** The bounds of `retention` in network.yaml: a term that the network cannot have is not previewed either. */
const months =
  (least: number) =>
  (text: string): number => {
    const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
    if (value >= least && value <= 240) return value;
    throw new InvalidArgumentError(`Use a whole number of months, from ${least} to 240.`);
  };

const reasons: Readonly<Record<Kept, Readonly<Record<Language, string>>>> = {
  changed: { en: 'changed since', nl: 'sindsdien gewijzigd' },
  open: {
    en: 'a Task, order, episode or appointment is open, or a Consent is in force',
    nl: 'een Task, opdracht, episode of afspraak is open, of een toestemming geldt nog',
  },
  undelivered: { en: 'a delivery waits or is a dead letter', nl: 'een aflevering wacht of is mislukt' },
  large: { en: 'too many entries to judge', nl: 'te veel regels om te beoordelen' },
  damaged: { en: 'a part is damaged: run mgn store check', nl: 'een deel is beschadigd: voer mgn store check uit' },
};

function linesOf(
  { content, audit }: { readonly content?: Date; readonly audit?: Date },
  total: RetentionTotal,
  language: Language,
): readonly string[] {
  const day = (date: Date | undefined) => date?.toISOString().slice(0, 10);
  const { journeys, messages, resources, deliveries, bytes, auditEntries, kept } = total;
  const words = {
    en: [
      content
        ? `Journeys without a change since ${day(content)}: ${journeys} would be removed (${messages} messages, ${resources} resources, ${deliveries} deliveries, ${bytes} bytes).`
        : 'Journeys: no term is set; nothing would be removed.',
      audit
        ? `Audit trail before ${day(audit)}: ${auditEntries} entries would be removed.`
        : 'Audit trail: no term is set; nothing would be removed.',
    ],
    nl: [
      content
        ? `Trajecten zonder wijziging sinds ${day(content)}: ${journeys} zouden worden verwijderd (${messages} berichten, ${resources} resources, ${deliveries} afleveringen, ${bytes} bytes).`
        : 'Trajecten: er is geen termijn ingesteld; er zou niets worden verwijderd.',
      audit
        ? `Logging van voor ${day(audit)}: ${auditEntries} regels zouden worden verwijderd.`
        : 'Logging: er is geen termijn ingesteld; er zou niets worden verwijderd.',
    ],
  }[language];
  const stays = { en: 'Old entries that stay', nl: 'Oude regels die blijven' }[language];
  return [
    ...words,
    ...Object.entries(kept).map(([because, count]) => `  ${stays}: ${count}, ${reasons[because as Kept][language]}.`),
  ];
}
