import type { Report } from '../store/moving/progress.ts';
import type { Language } from './options.ts';

/** Milliseconds between two lines on a terminal. */
const pause = 200;

const words = {
  move: { en: 'moving', nl: 'omzetten' },
  copy: { en: 'copying', nl: 'kopiëren' },
  verify: { en: 'comparing', nl: 'vergelijken' },
  pages: { en: 'checking pages', nl: 'pagina’s controleren' },
  entries: { en: 'checking entries', nl: 'journaal controleren' },
  chain: { en: 'verifying the chain', nl: 'keten controleren' },
  indexes: { en: 'verifying indexes', nl: 'indexen controleren' },
  rows: { en: 'checking rows', nl: 'rijen controleren' },
  replay: { en: 'sending again', nl: 'opnieuw sturen' },
  messages: { en: 'deciding messages', nl: 'berichten beslissen' },
  files: { en: 'validating', nl: 'toetsen' },
} as const;

/** The items as they come, with progress on the standard error. */
export async function* withProgress<T>(
  phase: string,
  items: AsyncIterable<T>,
  { total, language }: { readonly total: number; readonly language: Language },
): AsyncGenerator<T> {
  const progress = progressOn(process.stderr, language);
  let done = 0;
  try {
    for await (const it of items) {
      yield it;
      progress.report(phase, ++done, total);
    }
  } finally {
    progress.clear();
  }
}

/** One line with rate and time left, on a terminal only: nobody reads the progress of a command that is piped. */
export function progressOn(
  out: NodeJS.WriteStream,
  language: Language,
  clock: () => number = () => performance.now(),
): { readonly report: Report; readonly clear: () => void } {
  let [phase, started, next, first] = ['', 0, 0, 0];
  const clear = () => {
    if (out.isTTY && phase) out.write('\r\x1b[K');
  };
  return {
    report: (now, done, total) => {
      if (!out.isTTY) return;
      const at = clock();
      if (now !== phase) [phase, started, next, first] = [now, at, at, done];
      if (at < next) return;
      next = at + pause;
      const rate = at > started ? ((done - first) * 1_000) / (at - started) : 0;
      const name = words[now as keyof typeof words]?.[language] ?? now;
      const parts = [name, ...(total > 1 ? [`${Math.floor((100 * done) / total)} %`] : [])];
      if (rate > 0) parts.push(`${Math.round(rate)}/s`, timeLeft((total - done) / rate, language));
      out.write(`\r\x1b[K${parts.join(', ')}`);
    },
    clear,
  };
}

function timeLeft(seconds: number, language: Language): string {
  const left = { en: 'left', nl: 'te gaan' }[language];
  return seconds < 90 ? `${Math.ceil(seconds)} s ${left}` : `${Math.ceil(seconds / 60)} min ${left}`;
}
