import { text as textOf } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { issue } from '../../fhir/issue.ts';
import { personReport, reportAsHtml, reportAsText } from '../../tracker/index.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';

type Options = StoreOptions & { readonly format: 'text' | 'html' | 'json'; readonly timezone: string };

const help = `
PERSON is the id of a Patient at this gateway, or - to read a BSN from standard input: a number in a command stays in the
history of the shell and is seen by other users of the machine.
  mgn audit person - --language nl --format html < bsn.txt > overzicht.html
The report is over all referrals of the person. It has no content and nothing of another person.
Exits with 1 when the person is not in the store, with 2 when the store cannot be read.`;

/** `mgn audit person`: who saw data of a person, when, and on which ground, for that person. See docs/operate/audit.md. */
export function registerPerson(audit: Command): void {
  const command = audit
    .command('person <person>')
    .description('the report for a person: who saw or received data about that person, when, and why it was permitted')
    .addOption(new Option('--format <format>', 'form of the report').choices(['text', 'html', 'json']).default('text'))
    .option('--timezone <name>', 'time zone of the times in the report', 'Europe/Amsterdam');
  withStoreOptions(command)
    .addHelpText('after', help)
    .action(async (person: string, _: Options, own: Command) => {
      const options: Options = own.optsWithGlobals();
      const { language, timezone, json } = options;
      const format = json ? 'json' : options.format;
      const which =
        person === '-'
          ? { bsn: (await textOf(process.stdin)).trim() }
          : { patient: person.toLowerCase().replace(/^patient\//, '') };
      await readingStore(options, async (store) => {
        const report = await personReport(store, which);
        if (!report) return [issue('person-not-found', {})];
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
