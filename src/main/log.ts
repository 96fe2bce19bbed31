import { type DestinationStream, pino } from 'pino';
import type { MessageLine } from '../audit/message-line.ts';

/**
 * A line of the log: ids, steps, codes and counts. The type has no property for the content of a message.
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

/** A fault without its message: error messages may contain personal data. */
export type Fault = { readonly name: string; readonly code?: string; readonly frames: readonly string[] };

export type Log = {
  readonly info: (line: LogLine | MessageLine) => void;
  readonly error: (line: LogLine | MessageLine) => void;
};

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

/** Name, code and at most 8 stack frames of a fault. */
export function faultOf(fault: unknown): Fault {
  if (!(fault instanceof Error)) return { name: typeof fault, frames: [] };
  // The cause has the stack of the place where it happened.
  const { stack = '', message } = fault.cause instanceof Error ? fault.cause : fault;
  // a stack begins with the message, whose lines may look like frames: an error of JSON.parse quotes what it read
  const begin = stack.indexOf(message) + message.length;
  const frames = (message && stack.includes(message) ? stack.slice(begin) : stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  const code = 'code' in fault && typeof fault.code === 'string' ? { code: fault.code } : {};
  return { name: fault.name, ...code, frames: frames.slice(0, 8) };
}
