import { type DestinationStream, pino } from 'pino';

/**
 * What may be logged. The type has no room for content: ids, steps, codes and counts, nothing that a message said.
 */
export type LogLine = {
  readonly step: string;
  readonly outcome?: string;
  readonly dispatch?: string;
  readonly recipient?: string;
  readonly traceId?: string;
  readonly status?: number;
  readonly because?: string;
  readonly fault?: Fault;
};

/** A fault without its message: messages of errors can repeat what they stumbled over. */
export type Fault = { readonly name: string; readonly code?: string; readonly frames: readonly string[] };

export type Log = { readonly info: (line: LogLine) => void; readonly error: (line: LogLine) => void };

export function openLog(destination?: DestinationStream): Log {
  const options = {
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  const logger = destination ? pino(options, destination) : pino(options);
  return { info: (line) => logger.info(line), error: (line) => logger.error(line) };
}

export const silent: Log = { info: () => {}, error: () => {} };

export function faultOf(fault: unknown): Fault {
  if (!(fault instanceof Error)) return { name: typeof fault, frames: [] };
  // What it was caused by knows better where it happened.
  const { stack = '' } = fault.cause instanceof Error ? fault.cause : fault;
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  const code = 'code' in fault && typeof fault.code === 'string' ? { code: fault.code } : {};
  return { name: fault.name, ...code, frames: frames.slice(0, 8) };
}
