import type { Report } from '../../store/moving/progress.ts';
import type { Language } from '../options.ts';

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
} as const;

/** One line with rate and time left, on a terminal only. */
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
