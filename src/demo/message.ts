import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productFolder } from '../main/own-validator.ts';

export type Message = { readonly body: string; readonly contentType: string };

/** References that replace the placeholders of an example (examples/messages/README.md). */
export type Places = { readonly order?: string; readonly task?: string; readonly consultation?: string };

/** A message of examples/messages, with its placeholders replaced. */
export async function message(path: string, { order, task, consultation }: Places = {}): Promise<Message> {
  const text = await readFile(join(productFolder, 'examples/messages', path), 'utf8');
  const places = [
    ['ServiceRequest/00000000-0000-4000-8000-000000000000', order],
    ['Task/00000000-0000-4000-8000-000000000000', task],
    ['Task/00000000-0000-4000-8000-000000000001', consultation],
  ] as const;
  const body = places.reduce((filled, [place, real]) => (real ? filled.replaceAll(place, real) : filled), text);
  return { body, contentType: path.endsWith('.xml') ? 'application/fhir+xml' : 'application/fhir+json' };
}
