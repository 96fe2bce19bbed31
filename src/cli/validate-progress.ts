import type { Language } from './options.ts';
import { type Counts, total } from './validate-summary.ts';

type Progress = {
  /** Shows how far the run is, once it takes long. */
  readonly show: (counts: Counts) => void;
  /** Removes the line, before something else is printed. */
  readonly clear: () => void;
};

/** Milliseconds before the first line, and between two on a terminal. */
const [wait, pause] = [2_000, 200];

const words = { en: { of: 'of', left: 'left' }, nl: { of: 'van', left: 'te gaan' } } as const;

/**
 * Progress of a run over `files` files with its rate and the time left, on the standard error of a terminal; nothing when it is
 * piped.
 */
export function progressOn(
  out: NodeJS.WriteStream,
  files: number,
  language: Language,
  clock: () => number = () => performance.now(),
): Progress {
  const start = clock();
  let next = start + wait;
  let isShown = false;
  return {
    show: (counts) => {
      const now = clock();
      const done = total(counts);
      if (!out.isTTY || now < next || done === files) return;
      next = now + pause;
      isShown = true;
      const rate = (done * 1_000) / Math.max(1, now - start);
      const { of, left } = words[language];
      const speed = rate < 10 ? rate.toFixed(1) : Math.round(rate);
      out.write(`\r\x1b[K${done} ${of} ${files}, ${speed}/s, ${Math.ceil((files - done) / rate)} s ${left}`);
    },
    clear: () => {
      if (isShown) out.write('\r\x1b[K');
      isShown = false;
    },
  };
}
