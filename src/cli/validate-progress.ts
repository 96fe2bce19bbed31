import type { Language } from './options.ts';
import { type Counts, total } from './validate-summary.ts';

type Progress = {
  /** Shows how far the run is, once it takes long. */
  readonly show: (counts: Counts) => void;
  /** Removes the line, before something else is printed. */
  readonly clear: () => void;
};

/** Milliseconds before the first line, and between lines: on a terminal the line is replaced. */
const wait = 2_000;
const pause = { terminal: 200, file: 10_000 };

const words = { en: 'of', nl: 'van' } as const;

/** Progress of a run over `files` files, on the standard error, so that the output stays as it is. */
export function progressOn(
  out: NodeJS.WriteStream,
  files: number,
  language: Language,
  clock: () => number = () => performance.now(),
): Progress {
  const every = out.isTTY ? pause.terminal : pause.file;
  let next = clock() + wait;
  let isShown = false;
  return {
    show: (counts) => {
      const now = clock();
      if (now < next || total(counts) === files) return;
      next = now + every;
      isShown = out.isTTY;
      out.write(`${total(counts)} ${words[language]} ${files}${out.isTTY ? '' : '\n'}`);
    },
    clear: () => {
      if (isShown) out.write('\r\x1b[K');
      isShown = false;
    },
  };
}
