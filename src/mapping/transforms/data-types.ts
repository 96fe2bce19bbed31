/** Transforms that build a data type from strings: c, cc, id, cp, qty. */
import type { DirectValue } from '../generate/direct.ts';
import { allTextsTest, directTexts, objectLiteral, textCode } from '../generate/value.ts';
import { type Node, rootNode } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import { combinations, type Operand, operandText, type TransformDefinition } from './transform.ts';

type Build = (texts: readonly (string | undefined)[]) => object | undefined;

const dataType = (type: string, arity: readonly [number, number], build: Build): TransformDefinition => ({
  arity: arity,
  compile: ({ operands }) => {
    const texts = operands.map(({ constant }) => (constant === undefined ? undefined : String(constant)));
    const fixed = texts.includes(undefined) ? undefined : build(texts);
    // Targets receive a copy, so that one node serves every message.
    const node = fixed && Object.keys(fixed).length > 0 ? [rootNode(fixed, type)] : undefined;
    if (node) return { types: [type], values: () => node, constant: fixed, direct: fixedDirect(type, fixed!) };
    return {
      types: [type],
      listed: combinations(operands).flatMap((it) => build(it) ?? []),
      values: (run: Run, frame: Frame): readonly Node[] => {
        const built = build(operands.map((it) => operandText(it, run, frame)));
        return built && Object.keys(built).length > 0 ? [rootNode(built, type)] : [];
      },
      sources: (frame) => operands.flatMap((it) => it.sources?.(frame) ?? []),
      direct: type === 'CodeableConcept' && operands.length === 1 ? textDirect(operands) : undefined,
    };
  },
});

/** `cc(text)` */
function textDirect(operands: readonly Operand[]): DirectValue | undefined {
  const [text] = directTexts(operands) ?? [];
  if (!text) return undefined;
  return {
    kind: 'object',
    type: 'CodeableConcept',
    test: (builder) => allTextsTest([text], builder),
    value: (builder) => `{ text: ${textCode(text, builder)} }`,
    fresh: true,
  };
}

/** The object literal in generated code creates a new object each time. */
const fixedDirect = (type: string, fixed: object): DirectValue => ({
  kind: 'object',
  type,
  test: () => '',
  value: () => objectLiteral(fixed),
  fresh: true,
  fixed: true,
});

/** The elements with a value. */
const present = (elements: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(elements).filter(([, value]) => value !== undefined));

const coding: Build = ([system, code, display]) =>
  code === undefined ? undefined : present({ system, code, display });

const contactSystem = (value: string): string => {
  if (/^(?:https?|ftp):/i.test(value)) return 'url';
  if (value.includes('@')) return 'email';
  return /^[+\d][\d\s()./-]*$/.test(value) ? 'phone' : 'other';
};

const natural = /^(<=|>=|<|>)?\s*(-?\d+(?:\.\d+)?)\s*(\S.*)?$/;

/** `<5 mg` (https://hl7.org/fhir/R4/datatypes.html#Quantity); undefined for a text without a number. */
function quantityOf(text: string | undefined): object | undefined {
  const found = text === undefined ? null : natural.exec(text.trim().slice(0, 200));
  if (!found) return undefined;
  const [, comparator, value, unit] = found;
  return present({ value: Number(value), comparator, unit });
}

export const dataTypeTransforms: Readonly<Record<string, TransformDefinition>> = {
  c: dataType('Coding', [2, 3], coding),
  cc: dataType('CodeableConcept', [1, 3], (texts) => {
    if (texts.length === 1) return texts[0] === undefined ? undefined : { text: texts[0] };
    const built = coding(texts);
    return built && { coding: [built] };
  }),
  id: dataType('Identifier', [2, 3], ([system, value, type]) =>
    value === undefined
      ? undefined
      : present({
          type:
            type === undefined
              ? undefined
              : { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: type }] },
          system,
          value,
        }),
  ),
  cp: dataType('ContactPoint', [1, 2], (texts) => {
    const value = texts.at(-1);
    return value === undefined
      ? undefined
      : { system: texts.length === 2 && texts[0] ? texts[0] : contactSystem(value), value };
  }),
  qty: dataType('Quantity', [1, 4], (texts) => {
    const [value, unit, system, code] = texts;
    if (texts.length === 1) return quantityOf(value);
    return value === undefined || Number.isNaN(Number(value))
      ? undefined
      : present({ value: Number(value), unit, system, code });
  }),
};
