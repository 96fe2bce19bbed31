import type { AttemptResult } from '../channel.ts';

/**
 * The meaning of an acknowledgement (HL7 v2.5, 2.9.2.2): AA, CA accept; AE, CE find an error in the message, which is the same the
 * next time; AR, CR reject it for another reason, as a system that is down, and may accept it later. One that acknowledges
 * another message, or none, or several of them, says nothing: the message is sent again with the same MSH-10. The words of ERR and MSA-3 are not
 * read.
 */
export function acknowledged(answer: string, control: string): AttemptResult {
  const [, code = '', of = ''] = /(?:^|[\r\n])MSA\|([A-Z]{2})\|([^|\r\n]*)/.exec(answer) ?? [];
  const isOne = answer.match(/(?:^|[\r\n])MSA\b/g)?.length === 1;
  if (!isOne || control === '' || of !== control) return noAcknowledgement;
  switch (code) {
    case 'AA':
    case 'CA':
      return { kind: 'delivered' };
    case 'AE':
    case 'CE':
      return { kind: 'refused', reason: { rule: 'receiver-refused', detail: code } };
    case 'AR':
    case 'CR':
      return { kind: 'retry', reason: { rule: 'receiver-unavailable', detail: code } };
    default:
      return noAcknowledgement;
  }
}

/** What came is no acknowledgement of this message. */
const noAcknowledgement: AttemptResult = {
  kind: 'retry',
  reason: { rule: 'receiver-answer-invalid', detail: 'MSA' },
};

/** MSH-10 of a message in ER7. */
export const controlOf = (message: string): string => message.split(/\r|\n/, 1)[0]?.split('|')[9] ?? '';
