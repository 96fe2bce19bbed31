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
};

type OutgoingFile = { readonly feedback: { readonly communication: string; readonly letter: string } };

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
  const mapAt = (file: string, place: readonly string[]): CompiledMap | undefined => {
    const found = maps.find((it) => it.path === file)?.map;
    if (!found) issues.push(issue('outgoing-map-missing', { file: path, map: file }, placeOf(place)));
    return found;
  };
  const communication = mapAt(value.feedback.communication, ['feedback', 'communication']);
  const letter = mapAt(value.feedback.letter, ['feedback', 'letter']);
  for (const topic of feedbackTopics)
    if (communication?.run({ topic, order: 'ServiceRequest/0' }).issues?.some(isError))
      issues.push(issue('feedback-text-missing', { file: path, topic }, placeOf(['feedback', 'communication'])));
  return communication && letter && issues.length === 0 ? success({ communication, letter }) : failure(...issues);
}

/** Runs a map on input of the gateway itself. Throws when it fails: that is a fault of the gateway, not of a sender. */
export function runOutgoingMap<T>(map: CompiledMap, input: object, seed: string): T {
  const { output, issues = [] } = map.run(input, { seed });
  const wrong = issues.filter(isError).map(({ rule, expression }) => `${rule} at ${expression ?? '?'}`);
  if (wrong.length) throw new Error(`map ${map.name} fails on input of the gateway: ${wrong.join(', ')}`);
  return output as T;
}
