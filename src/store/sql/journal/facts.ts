import { writeJson } from '../../../fhir/json.ts';
import type { AuditEvent } from '../../port.ts';
import { mentionsOfEvents } from './mentions.ts';
import { pack, unpackWhole } from './payload.ts';

/** Audit events as texts, with the names by which they are found. */
export type Facts = { readonly texts: readonly string[]; readonly names: readonly string[] };

export const noFacts: Facts = { texts: [], names: [] };

export const factsOf = (events: readonly AuditEvent[]): Facts =>
  events.length ? { texts: events.map((it) => writeJson(it)), names: mentionsOfEvents(events) } : noFacts;

/** An event is one line: JSON has no other line feeds. */
export const packFacts = (texts: readonly string[]): Uint8Array => pack([texts.join('\n')]).payload;

export const unpackFacts = (facts: Uint8Array): readonly string[] => unpackWhole(facts).toString().split('\n');
