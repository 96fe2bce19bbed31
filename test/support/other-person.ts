import { isBsn } from './placer/orders.ts';

/** The BSN of the examples. */
const ofExamples = '999901102';
let last = 999_910_000;

/** A test BSN that no message of this process has had yet. */
function anotherBsn(): string {
  do last += 1;
  while (!isBsn(`${last}`));
  return `${last}`;
}

/** The message about a person of whom nothing is stored: what came before does not count in what it costs. */
export const aboutAnother = <T extends { readonly body: string }>(sent: T): T => ({
  ...sent,
  body: sent.body.replaceAll(ofExamples, anotherBsn()),
});
