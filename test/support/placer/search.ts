/** Searches that the guides ask of a placer. An unknown parameter is refused, never ignored. */
import type { CodeableConcept, Reference, Resource, Subscription, Task } from '@medplum/fhirtypes';
import type { Store } from './store.ts';
import { localKey } from './store.ts';

export class SearchFault extends Error {}

type Test = (store: Store, resource: Resource, value: string) => boolean;

const token = (concept: CodeableConcept | undefined, value: string): boolean => {
  const [left, right] = value.includes('|') ? value.split('|', 2) : [undefined, value];
  return (concept?.coding ?? []).some(
    (coding) => (left === undefined || left === (coding.system ?? '')) && (!right || right === coding.code),
  );
};
const code = (actual: string | undefined, value: string): boolean =>
  (value.includes('|') ? value.slice(value.indexOf('|') + 1) : value) === actual;
const identifier = (reference: Reference | undefined, value: string): boolean =>
  `${reference?.identifier?.system}|${reference?.identifier?.value}` === value;
const task = (resource: Resource): Task => resource as Task;
const subscription = (resource: Resource): Subscription => resource as Subscription;

function date(actual: string | undefined, value: string): boolean {
  const prefix = /^(eq|gt|ge|lt|le)/.exec(value)?.[0] ?? 'eq';
  const wanted = Date.parse(value.replace(/^(eq|gt|ge|lt|le)/, ''));
  if (Number.isNaN(wanted)) throw new SearchFault(`${value} is not a date`);
  const found = Date.parse(actual ?? '');
  return (
    { eq: found === wanted, gt: found > wanted, ge: found >= wanted, lt: found < wanted, le: found <= wanted }[
      prefix
    ] ?? false
  );
}

const COMMON: Record<string, Test> = {
  _id: (_store, resource, value) => resource.id === value,
  _lastUpdated: (_store, resource, value) => date(resource.meta?.lastUpdated, value),
};

const TESTS: Record<string, Record<string, Test>> = {
  Task: {
    ...COMMON,
    'owner:identifier': (_store, resource, value) => identifier(task(resource).owner, value),
    'requester:identifier': (_store, resource, value) => identifier(task(resource).requester, value),
    identifier: (_store, resource, value) =>
      (task(resource).identifier ?? []).some(
        (item) => `${item.system}|${item.value}` === value || item.value === value,
      ),
    focus: (store, resource, value) => localKey(store, task(resource).focus?.reference) === localKey(store, value),
    code: (_store, resource, value) => token(task(resource).code, value),
    intent: (_store, resource, value) => code(task(resource).intent, value),
    status: (_store, resource, value) => code(task(resource).status, value),
    'business-status': (_store, resource, value) => token(task(resource).businessStatus, value),
  },
  Subscription: {
    ...COMMON,
    status: (_store, resource, value) => code(subscription(resource).status, value),
    criteria: (_store, resource, value) => (subscription(resource).criteria ?? '').startsWith(value),
    url: (_store, resource, value) => subscription(resource).channel?.endpoint === value,
    type: (_store, resource, value) => code(subscription(resource).channel?.type, value),
    payload: (_store, resource, value) => code(subscription(resource).channel?.payload, value),
  },
};

/** All parameters must hold; values with a comma are alternatives. */
export function search(store: Store, type: string, query: URLSearchParams): Resource[] {
  const tests = TESTS[type] ?? COMMON;
  const wanted = [...query].filter(([name]) => !['_count', '_format'].includes(name));
  for (const [name] of wanted)
    if (!tests[name]) throw new SearchFault(`the parameter ${name} is not supported for ${type}`);
  return [...store.resources.values()]
    .filter((resource) => resource.resourceType === type)
    .filter((resource) =>
      wanted.every(([name, value]) => value.split(',').some((one) => tests[name]!(store, resource, one))),
    );
}
