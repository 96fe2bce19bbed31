import { styleText } from 'node:util';

/** Prints the story line by line, in one language, and counts its failed checks. */
export type Narrator = {
  readonly language: 'en' | 'nl';
  readonly heading: (en: string, nl: string) => void;
  readonly say: (en: string, nl: string) => void;
  readonly lines: (lines: readonly string[]) => void;
  /** A checked statement of the story, printed with a mark. */
  readonly expect: (holds: boolean, en: string, nl: string) => void;
  readonly failures: () => number;
};

export function startNarrator(language: 'en' | 'nl', print: (line: string) => void): Narrator {
  let failures = 0;
  const pick = (en: string, nl: string) => (language === 'en' ? en : nl);
  return {
    language,
    heading: (en, nl) => print(`\n${styleText('bold', pick(en, nl))}`),
    say: (en, nl) => print(`  ${pick(en, nl)}`),
    lines: (lines) => {
      for (const line of lines) print(`  ${line}`);
    },
    expect: (holds, en, nl) => {
      if (!holds) failures++;
      print(`  ${holds ? styleText('green', '✓') : styleText('red', '✗ NOT')} ${pick(en, nl)}`);
    },
    failures: () => failures,
  };
}
