import { readChecked } from '../../definitions/checked-yaml.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { CompiledMap } from '../../mapping/index.ts';
import { feedbackTopics } from '../../vocabulary/feedback-topic.ts';
import type { PublishedMap } from './published-map.ts';

/** Maps that create the messages of the gateway itself. */
export type Outgoing = {
  /** Feedback (terugkoppeling) as mappings/out/models/feedback.json -> Communication. */
  readonly communication: CompiledMap;
  /** Bundle that a referrer in care may read -> document Bundle with the letter as its Composition. */
  readonly letter: CompiledMap;
  /** Shapes in which partners receive a disclosure, by the name that partners.yaml uses. */
  readonly shapes: ReadonlyMap<string, Shape>;
};

/** A map of outgoing messages, with the type that it makes. */
export type Shape = { readonly map: CompiledMap; readonly target: string };

type OutgoingFile = {
  readonly feedback: { readonly communication: string; readonly letter: string };
  readonly shapes?: Readonly<Record<string, string>>;
};

const schema = {
  type: 'object',
  required: ['feedback'],
  additionalProperties: false,
  properties: {
    feedback: {
      type: 'object',
      required: ['communication', 'letter'],
      additionalProperties: false,
      properties: { communication: { type: 'string' }, letter: { type: 'string' } },
    },
    shapes: {
      type: 'object',
      propertyNames: { pattern: '^[a-z0-9][a-z0-9-]{0,62}$' },
      additionalProperties: { type: 'string' },
    },
  },
};

/**
 * Looks up the maps of mappings/outgoing.yaml in `maps`. Reports all mistakes at once. Issues: `outgoing-map-missing`,
 * `feedback-text-missing` (the map of the Communication has no text for a topic of feedback).
 */
export function compileOutgoing(text: string, path: string, maps: readonly PublishedMap[]): Result<Outgoing> {
  const read = readChecked<OutgoingFile>(text, path, schema);
  if (!read.ok) return read;
  const { value, placeOf } = read.value;
  const issues: Issue[] = [];
  const mapAt = (file: string, place: readonly string[]): Shape | undefined => {
    const found = maps.find((it) => it.path === file);
    if (!found) issues.push(issue('outgoing-map-missing', { file: path, map: file }, placeOf(place)));
    const target = found?.structureMap.structure?.find(({ mode }) => mode === 'target')?.url;
    return found && { map: found.map, target: target ?? '' };
  };
  const communication = mapAt(value.feedback.communication, ['feedback', 'communication'])?.map;
  const letter = mapAt(value.feedback.letter, ['feedback', 'letter'])?.map;
  const shapes = new Map<string, Shape>();
  for (const [name, file] of Object.entries(value.shapes ?? {})) {
    const made = mapAt(file, ['shapes', name]);
    if (made) shapes.set(name, made);
  }
  for (const topic of feedbackTopics)
    if (communication?.run({ topic, order: 'ServiceRequest/0' }).issues?.some(isError))
      issues.push(issue('feedback-text-missing', { file: path, topic }, placeOf(['feedback', 'communication'])));
  return communication && letter && issues.length === 0
    ? success({ communication, letter, shapes })
    : failure(...issues);
}

/** Runs a map on input of the gateway itself. Throws when it fails: that is a fault of the gateway, not of a sender. */
export function runOutgoingMap<T>(map: CompiledMap, input: object, seed: string): T {
  const { output, issues = [] } = map.run(input, { seed });
  const wrong = issues.filter(isError).map(({ rule, expression }) => `${rule} at ${expression ?? '?'}`);
  if (wrong.length) throw new Error(`map ${map.name} fails on input of the gateway: ${wrong.join(', ')}`);
  return output as T;
}
