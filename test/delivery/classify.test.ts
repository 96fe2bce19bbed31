import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyAnswer } from '../../src/delivery/channel/classify.ts';
import { problemOf } from '../../src/delivery/channel/zgw/problem.ts';

const status = fc.constantFrom(200, 400, 409, 422, 500);
const anything = fc.jsonValue();
const outcome = fc.record({
  resourceType: fc.constant('OperationOutcome'),
  issue: fc.oneof(
    anything,
    fc.array(
      fc.oneof(
        anything,
        fc.record({
          code: fc.oneof(anything, fc.constantFrom('invalid', 'duplicate')),
          details: fc.oneof(anything, fc.record({ coding: fc.oneof(anything, fc.array(anything)) })),
        }),
      ),
    ),
  ),
});

test('any JSON as the body of an answer has a meaning by its status, and never throws', () => {
  fc.assert(
    fc.property(status, fc.oneof(outcome, anything), (code, body) => {
      const { kind } = classifyAnswer(code, body);
      if (code === 422 || code === 400) expect(kind).toBe('refused');
      if (code === 500) expect(kind).toBe('retry');
      problemOf(body);
    }),
  );
});

test.each([
  ['an issue that is null', [null]],
  ['a coding that is an object', [{ code: 'invalid', details: { coding: {} } }]],
  ['a coding that is null', [{ code: 'invalid', details: { coding: [null] } }]],
  ['issues that are an object', {}],
  ['details that are text', [{ code: 'invalid', details: 'x' }]],
])('a refusal with %s is a refusal', (_, issue) => {
  expect(classifyAnswer(422, { resourceType: 'OperationOutcome', issue } as never)).toMatchObject({ kind: 'refused' });
});
