import { readChecked } from '../../definitions/checked-yaml.ts';
import { type Issue, isError, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { CompiledMap } from '../../mapping/index.ts';
import { feedbackTopics } from '../../vocabulary/feedback-topic.ts';
import type { PublishedMap } from './published-map.ts';

/** The maps by which the gateway makes what it gives. */
export type Outgoing = {
  /** What a referrer is told (mappings/out/models/feedback.json) -> Communication. */
  readonly communication: CompiledMap;
  /** What a referrer in care may know -> document with the letter first. */
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
 * The maps that mappings/outgoing.yaml names, of `maps`. All mistakes are told at once: a map that is not there, and a
 * topic of feedback for which the map of the Communication has no words.
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

/** What a map makes of what the gateway itself gives it: that it can't is a fault of the gateway, not of any sender. */
export function runOutgoingMap<T>(map: CompiledMap, input: object, seed: string): T {
  const { output, issues = [] } = map.run(input, { seed });
  const wrong = issues.filter(isError).map(({ rule, expression }) => `${rule} at ${expression ?? '?'}`);
  if (wrong.length) throw new Error(`map ${map.name} makes nothing of what it was given: ${wrong.join(', ')}`);
  return output as T;
}
