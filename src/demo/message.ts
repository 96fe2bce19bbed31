import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productFolder } from '../main/own-validator.ts';

export type Message = { readonly body: string; readonly contentType: string };

/** What an example writes where the order, or its Task, of an earlier message belongs (examples/messages/README.md). */
export type Places = { readonly order?: string; readonly task?: string };

/** A message of examples/messages, about the order that the story is at. */
export async function message(path: string, { order, task }: Places = {}): Promise<Message> {
  const text = await readFile(join(productFolder, 'examples/messages', path), 'utf8');
  const nobody = '00000000-0000-4000-8000-000000000000';
  const body = text
    .replaceAll(`ServiceRequest/${nobody}`, order ?? `ServiceRequest/${nobody}`)
    .replaceAll(`Task/${nobody}`, task ?? `Task/${nobody}`);
  return { body, contentType: path.endsWith('.xml') ? 'application/fhir+xml' : 'application/fhir+json' };
}
