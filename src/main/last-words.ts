import { faultOf, type Log } from './log.ts';

/**
 * Ends the process after a fault that nothing caught, with a line of the log instead of what Node prints: the message of the
 * fault and a line of source, which may contain what was being read. Returns how to undo it.
 */
export function endingWithLine(log: Log, exit: (code: number) => void = process.exit): () => void {
  const end = (fault: unknown): void => {
    log.error({ step: 'process', outcome: 'ended', because: 'A fault that nothing caught.', fault: faultOf(fault) });
    exit(1);
  };
  process.on('uncaughtException', end);
  return () => void process.off('uncaughtException', end);
}
