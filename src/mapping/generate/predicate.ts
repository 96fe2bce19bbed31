import type { Variable } from '../program/scope.ts';
import type { RulePlace } from '../run/rule-place.ts';
import { type Body, newBody, undecided } from './body.ts';
import type { GroupBuilder } from './group-builder.ts';

/**
 * A condition as JavaScript. FHIRPath has three results (https://hl7.org/fhirpath/N1/#boolean-logic): for an empty result
 * `isTrue` and `isFalse` are both false. Either may defer to the FHIRPath engine by setting `odd`.
 */
export type Predicate = {
  readonly isTrue: (body: Body) => string;
  readonly isFalse: (body: Body) => string;
  /** Some parts need the engine. They may raise an error, so they are skipped only where the engine skips them. */
  readonly partial: boolean;
  /** At least one part has generated code. */
  readonly useful: boolean;
  /** Its result is never empty. */
  readonly total: boolean;
  /** Upper bound on the number of times its smallest parts occur in the code: a part may be needed both as true and as false. */
  readonly size: number;
};

/** A larger condition goes to the engine: each level of nesting may double the code. */
const largest = 2000;

export const simplePredicate = (
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

export const engineOnly: Predicate = {
  isTrue: () => undecided,
  isFalse: () => undecided,
  partial: true,
  useful: false,
  total: false,
  size: 1,
};

export const not = (it: Predicate): Predicate => ({ ...it, isTrue: it.isFalse, isFalse: it.isTrue });

/** Like the engine, evaluates the right side unless the left one is false. */
export const and = (left: Predicate, right: Predicate): Predicate =>
  limited({
    ...both(left, right),
    isTrue: (body) =>
      right.partial
        ? `(!${left.isFalse(body)} && ${right.isTrue(body)} && ${left.isTrue(body)})`
        : `(${left.isTrue(body)} && ${right.isTrue(body)})`,
    isFalse: (body) => `(${left.isFalse(body)} || ${right.isFalse(body)})`,
  });

export const or = (left: Predicate, right: Predicate): Predicate =>
  limited({
    ...both(left, right),
    isTrue: (body) => `(${left.isTrue(body)} || ${right.isTrue(body)})`,
    isFalse: (body) =>
      right.partial
        ? `(!${left.isTrue(body)} && ${right.isFalse(body)} && ${left.isFalse(body)})`
        : `(${left.isFalse(body)} && ${right.isFalse(body)})`,
  });

export const limited = (it: Predicate): Predicate => (it.size > largest ? engineOnly : it);

const both = (left: Predicate, right: Predicate): Pick<Predicate, 'partial' | 'useful' | 'total' | 'size'> => ({
  size: left.size * (right.partial ? 2 : 1) + right.size,
  partial: left.partial || right.partial,
  useful: left.useful || right.useful,
  total: left.total && right.total,
});

/** Code that is true when the condition is true; when it sets `odd` the engine must decide. */
export const testCode = (
  test: Predicate,
  builder: GroupBuilder,
  focus: Variable | undefined,
  place: RulePlace,
): string => test.isTrue(newBody(builder, builder.constant(place), focus ? builder.value(focus) : 'undefined'));
