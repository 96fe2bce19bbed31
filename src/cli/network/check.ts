import type { Command } from 'commander';
import { isError } from '../../fhir/issue.ts';
import { printIssues } from '../../main/print-issues.ts';
import { openConfiguration } from '../../main.ts';
import { type Language, languageOption } from '../options.ts';
import { networkFolders } from './folders.ts';

type Options = { readonly mappings?: string; readonly profiles?: string; readonly language: Language };

/** `mgn network check DIR`: every mistake of a network before it is started. */
export const registerNetwork = (program: Command): void => {
  program
    .command('network')
    .description('the folder of a network')
    .command('check <dir>')
    .description('check a network as at its start: every mistake with file, line, column and remedy; starts nothing')
    .option(
      '--mappings <dir>',
      'its own mappings: routes, forms, maps; by default those beside it, else of the product',
    )
    .option('--profiles <dir>', 'folder of the FHIR package of the profiles; by default that of the product')
    .addOption(languageOption())
    .action(async (dir: string, { mappings, profiles, language }: Options) => {
      const opened = await openConfiguration({
        ...networkFolders(dir, mappings),
        ...(profiles === undefined ? {} : { profiles }),
      });
      if (opened.issues.length) process.stderr.write(`${printIssues(dir, opened.issues, language).join('\n')}\n`);
      if (!opened.ok) {
        process.stderr.write(`${counted(opened.issues.filter(isError).length)[language]}\n`);
        process.exitCode = 1;
        return;
      }
      const { partners, places, settings } = opened.value.network;
      await opened.value.terminology.close();
      process.stdout.write(`${fine(settings.name, partners.size, places.length)[language]}\n`);
    });
};

const counted = (count: number) => ({
  en: `${count} mistake${count === 1 ? '' : 's'}: this network does not start.`,
  nl: `${count} fout${count === 1 ? '' : 'en'}: dit netwerk start niet.`,
});

const fine = (name: string, partners: number, municipalities: number) => ({
  en: `${name}: ${partners} partners, ${municipalities} municipalities; it starts.`,
  nl: `${name}: ${partners} partners, ${municipalities} gemeenten; het start.`,
});
