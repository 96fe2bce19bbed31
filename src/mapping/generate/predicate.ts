import type { Variable } from '../program/scope.ts';
import type { RulePlace } from '../run/rule-place.ts';
import { type Body, newBody, undecided } from './body.ts';
import type { Form } from './form.ts';

/**
 * A condition as JavaScript. FHIRPath has three answers: `isTrue` and `isFalse` are both false for one without an answer.
 * Each may leave the decision to the FHIRPath engine by setting `odd`.
 */
export type Predicate = {
  readonly isTrue: (body: Body) => string;
  readonly isFalse: (body: Body) => string;
  /** It has parts that only the engine can do: they may fail, so they are skipped only where the engine skips them. */
  readonly partial: boolean;
  /** There is anything that it decides itself. */
  readonly useful: boolean;
  /** It always has an answer. */
  readonly total: boolean;
  /** At most how often its smallest parts stand in the code: a part may be needed both as true and as false. */
  readonly size: number;
};

/** What would make more code than this is the engine's: parts within parts may double it each time. */
const largest = 2000;

export const plain = (
  isTrue: Predicate['isTrue'],
  isFalse: Predicate['isFalse'],
  total = false,
  size = 1,
): Predicate => ({
  size,
  isTrue,
  isFalse,
  partial: false,
  useful: true,
  total,
});

export const unknown: Predicate = {
  isTrue: () => undecided,
  isFalse: () => undecided,
  partial: true,
  useful: false,
  total: false,
  size: 1,
};

export const not = (it: Predicate): Predicate => ({ ...it, isTrue: it.isFalse, isFalse: it.isTrue });

/** The engine looks at the right side unless the left one is false. */
export const and = (left: Predicate, right: Predicate): Predicate =>
  within({
    ...both(left, right),
    isTrue: (body) =>
      right.partial
        ? `(!${left.isFalse(body)} && ${right.isTrue(body)} && ${left.isTrue(body)})`
        : `(${left.isTrue(body)} && ${right.isTrue(body)})`,
    isFalse: (body) => `(${left.isFalse(body)} || ${right.isFalse(body)})`,
  });

export const or = (left: Predicate, right: Predicate): Predicate =>
  within({
    ...both(left, right),
    isTrue: (body) => `(${left.isTrue(body)} || ${right.isTrue(body)})`,
    isFalse: (body) =>
      right.partial
        ? `(!${left.isTrue(body)} && ${right.isFalse(body)} && ${left.isFalse(body)})`
        : `(${left.isFalse(body)} && ${right.isFalse(body)})`,
  });

export const within = (it: Predicate): Predicate => (it.size > largest ? unknown : it);

const both = (left: Predicate, right: Predicate): Pick<Predicate, 'partial' | 'useful' | 'total' | 'size'> => ({
  size: left.size * (right.partial ? 2 : 1) + right.size,
  partial: left.partial || right.partial,
  useful: left.useful || right.useful,
  total: left.total && right.total,
});

/** An expression that is true where the condition is, unless it sets `odd`: then only the engine knows. */
export const tested = (test: Predicate, form: Form, focus: Variable | undefined, place: RulePlace): string =>
  test.isTrue(newBody(form, form.constant(place), focus ? form.value(focus) : 'undefined'));
