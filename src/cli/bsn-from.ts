import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { bsn as bsnIn } from '../fhir/identifier.ts';
import type { Language } from './options.ts';

/**
 * A BSN from a file, from the standard input (`-`), or typed at the terminal, which does not show it. Never from an argument:
 * that stays in the history of the shell, and other users of the machine see it. Spaces and dots do not count. Throws, without
 * the number, when it is none.
 */
export async function bsnFrom(file: string, language: Language): Promise<string> {
  if (isNumber(file)) throw new Error(warnings[language]);
  const written =
    file === '-' && process.stdin.isTTY ? await typed(language) : readFileSync(file === '-' ? 0 : file, 'utf8');
  const number = written.replace(/[\s.]/g, '').padStart(9, '0');
  if (bsnIn(number) === undefined) throw new Error(invalid[language]);
  return number;
}

/** Whether somebody gave the number itself as an argument. */
export const isNumber = (argument: string): boolean => /^[\d\s.]{8,14}$/.test(argument);

const warnings: Record<Language, string> = {
  en: 'A BSN is not taken as an argument: it is now in the history of your shell, remove it there. Use - and type it, or name a file.',
  nl: 'Een BSN mag geen argument zijn: het staat nu in de geschiedenis van uw shell, verwijder het daar. Gebruik - en typ het, of noem een bestand.',
};
const invalid: Record<Language, string> = {
  en: 'That is not a BSN: nine digits that pass the elfproef.',
  nl: 'Dat is geen BSN: negen cijfers die voldoen aan de elfproef.',
};

async function typed(language: Language): Promise<string> {
  process.stderr.write(language === 'nl' ? 'BSN (wordt niet getoond): ' : 'BSN (not shown): ');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const question = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const answer = await question.question('');
  question.close();
  process.stderr.write('\n');
  return answer;
}
