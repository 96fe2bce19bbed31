import type { KeyedMessage, MessageKeys } from '../port.ts';
import { type Database, text } from './database.ts';
import { messageById } from './messages.ts';

export const messageKeysSchema = `
  create table message_key (
    partner text not null,
    key text not null,
    content text not null,
    location text not null,
    message text not null,
    primary key (partner, key)
  ) without rowid;
`;

/** The first message of this partner with one of these keys. */
export function messageByKeys(
  database: Database,
  partner: string,
  { keys, since }: Pick<MessageKeys, 'keys' | 'since'>,
): KeyedMessage | undefined {
  for (const key of keys) {
    const row = database.get('select * from message_key where partner = ? and key = ?', partner, key);
    const message = row && messageById(database, text(row.message));
    if (message && !(since && message.receivedAt < since))
      return { message, content: text(row.content), location: text(row.location) };
  }
  return undefined;
}

/** An amended order takes over the keys of the order that it replaces. */
export function writeMessageKeys(
  database: Database,
  { partner, id }: { readonly partner: string; readonly id: string },
  { keys, content, location = '' }: MessageKeys & { readonly location?: string },
): void {
  for (const key of keys)
    database.run(
      'insert or replace into message_key (partner, key, content, location, message) values (?, ?, ?, ?, ?)',
      partner,
      key,
      content,
      location,
      id,
    );
}
