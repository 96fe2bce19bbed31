import { type Command, Option } from 'commander';
import { issue } from '../../fhir/issue.ts';
import { personReport, reportAsHtml, reportAsText, type WhichPerson } from '../../tracker/index.ts';
import { bsnFrom, isNumber } from '../bsn-from.ts';
import type { Language } from '../options.ts';
import { type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { onExistingStore } from '../writing-store.ts';
import { recordReading } from './record-reading.ts';

type Options = StoreOptions & {
  readonly format: 'text' | 'html' | 'json';
  readonly timezone: string;
  readonly bsn?: string;
};

const help = `
Name the person by a BSN that is typed (--bsn -, and the terminal does not show it), comes from standard input or is in a file; or by
the id of a Patient at this gateway. A BSN in a command would stay in the history of the shell and be seen by other users of the machine.
  mgn audit person --bsn - --language nl
  mgn audit person --bsn bsn.txt --language nl --format html > overzicht.html
The report is over all referrals of the person, also those that the retention removed, as long as their audit trail is there. It has
no content and nothing of another person. Attempts to deliver one thing that failed are one line. Who requested it (the user of this
machine) is recorded in the audit trail before it is shown, and is a line of the next report.
Exits with 1 when the person is not in the store, with 2 when the store cannot be read.`;

/** `mgn audit person`: who saw data of a person, when, and on which ground, for that person. See docs/operate/audit.md. */
export function registerPerson(audit: Command): void {
  const command = audit
    .command('person [patient]')
    .description('the report for a person: who saw or received data about that person, when, and why it was permitted')
    .option('--bsn <file>', 'file with the BSN, or - to type it or for the standard input')
    .addOption(new Option('--format <format>', 'form of the report').choices(['text', 'html', 'json']).default('text'))
    .option('--timezone <name>', 'time zone of the times in the report', 'Europe/Amsterdam');
  withStoreOptions(command)
    .addHelpText('after', help)
    .action(async (patient: string | undefined, _: Options, own: Command) => {
      const options: Options = own.optsWithGlobals();
      const { language, timezone, json } = options;
      const format = json ? 'json' : options.format;
      const which = await whichPerson(patient, options.bsn, language);
      await onExistingStore(options, async (store) => {
        const report = await personReport(store, which);
        if (!report) return [issue('person-not-found', {})];
        await recordReading(store, 'disclosures', report.references);
        const written =
          format === 'json'
            ? JSON.stringify(report.lines, undefined, 2)
            : format === 'html'
              ? reportAsHtml(report, language, timezone).trimEnd()
              : reportAsText(report, language, timezone).join('\n');
        process.stdout.write(`${written}\n`);
        return [];
      });
    });
}

/** `-` in the place of the id is the BSN too, as in earlier releases. */
async function whichPerson(
  patient: string | undefined,
  bsn: string | undefined,
  language: Language,
): Promise<WhichPerson> {
  if ((bsn === undefined) === (patient === undefined))
    throw new Error('Name the person by --bsn or by the id of a Patient.');
  const isBsn = patient === undefined || patient === '-' || isNumber(patient);
  return isBsn
    ? { bsn: await bsnFrom(bsn ?? patient ?? '-', language) }
    : { patient: patient.toLowerCase().replace(/^patient\//, '') };
}
