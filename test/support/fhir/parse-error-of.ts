import { ParseError } from '../../../src/fhir/parse-error.ts';

/** The ParseError that reading ends in. Anything else that is thrown, or (unless `maybe`) nothing, fails the test. */
export function refusal(read: () => unknown): ParseError;
export function refusal(read: () => unknown, maybe: true): ParseError | undefined;
export function refusal(read: () => unknown, maybe = false): ParseError | undefined {
  try {
    read();
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  if (maybe) return undefined;
  throw new Error('expected a ParseError');
}
