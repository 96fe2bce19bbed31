import type { Message } from '../../port.ts';
import type { Entry, EntryHead } from './entry.ts';

/** A message as the head and the texts of its entry, of which the first has number `part`. */
export function entryOfMessage(
  { id: _, partner: __, body, answer, messageLog, receivedAt, ...head }: Message,
  part: number,
): { readonly head: NonNullable<EntryHead['message']>; readonly texts: readonly (string | Uint8Array)[] } {
  return {
    head: {
      ...head,
      receivedAt: receivedAt.getTime(),
      answer: { status: answer.status, contentType: answer.contentType },
      parts: { body: part, answer: part + 1, log: part + 2 },
    },
    texts: [body, answer.body, messageLog],
  };
}

/** Undefined when the entry is not that of a message, or of one that cannot be read any more. */
export function messageOf({
  message: id,
  partner,
  head: { message },
  parts: texts,
  erased,
}: Entry): Message | undefined {
  if (id === undefined || partner === undefined || !message) return undefined;
  if (erased && [message.parts.body, message.parts.answer, message.parts.log].some((it) => erased.has(it)))
    return undefined;
  const { parts, receivedAt, answer, ...head } = message;
  return {
    id,
    partner,
    ...head,
    receivedAt: new Date(receivedAt),
    body: Uint8Array.from(texts[parts.body] ?? []),
    answer: { ...answer, body: String(texts[parts.answer]) },
    messageLog: String(texts[parts.log]),
  };
}
