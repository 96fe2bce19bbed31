/** Milliseconds before the first line, and between lines. */
const [wait, pause] = [1_000, 200];

export type Progress = {
  /** `done` of `total`; an unknown total is left out. */
  readonly show: (done: number, total?: number) => void;
  /** Removes the line, before something else is printed. */
  readonly clear: () => void;
};

/**
 * How far a long command is, with its rate and the time left, on the standard error of a terminal: one line, which is replaced.
 * Nothing when it is piped: a log of progress is read by nobody.
 */
export function progressOf(
  unit: string,
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr,
  clock: () => number = () => performance.now(),
): Progress {
  const start = clock();
  let next = start + wait;
  let first: number | undefined;
  let isShown = false;
  return {
    show: (done, total) => {
      first ??= done;
      const now = clock();
      if (!out.isTTY || now < next) return;
      next = now + pause;
      const rate = ((done - first) * 1_000) / Math.max(1, now - start);
      const left = total !== undefined && rate > 0 ? `, ${durationOf((total - done) / rate)} left` : '';
      out.write(`\r\x1b[K${done}${total === undefined ? '' : ` of ${total}`} ${unit}, ${rateOf(rate)}/s${left}`);
      isShown = true;
    },
    clear: () => {
      if (isShown) out.write('\r\x1b[K');
      isShown = false;
    },
  };
}

const rateOf = (rate: number): string => (rate >= 10 ? String(Math.round(rate)) : rate.toFixed(1));

/** `40 s`, `3 min`, `2 h 5 min`. */
export function durationOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
