import type { Membership } from '../../definitions/value-sets.ts';
import type { Question } from '../plan/question.ts';
import { isObject, type JsonObject } from '../values/object.ts';

export type Coding = Question['codings'][number];

/** The codings of a value of any bindable type; `system` is absent for code and string. */
export function codingsOf(value: unknown): Coding[] {
  if (typeof value === 'string') return [{ code: value }];
  if (Array.isArray(value)) return value.flatMap(codingsOf);
  if (!isObject(value)) return [];
  if (Array.isArray(value.coding)) return value.coding.filter(isObject).flatMap(codingOf);
  return codingOf(value);
}

function codingOf(value: JsonObject): Coding[] {
  const { system, version, code, display } = value;
  if (typeof code !== 'string') return [];
  return [
    {
      code,
      // An empty system is still a system: a code without one is in no value set that has systems.
      system: typeof system === 'string' ? system : '',
      ...(typeof version === 'string' ? { version } : {}),
      ...(typeof display === 'string' ? { display } : {}),
    },
  ];
}

/** True when a coding is in the set, false when all are outside, undefined when that cannot be decided. */
export function anyIn(set: Membership, codings: readonly Coding[]): boolean | undefined {
  let answer: boolean | undefined = false;
  for (const { system, code } of codings) {
    const it = set.has(system, code);
    if (it) return true;
    if (it === undefined) answer = undefined;
  }
  return answer;
}
