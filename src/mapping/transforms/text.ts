/** Transforms of strings: append, truncate, escape, uuid. */
import type { DirectValue } from '../generate/direct.ts';
import type { GroupBuilder } from '../generate/group-builder.ts';
import { allTextsTest, directTexts, textCode } from '../generate/value.ts';
import { reportProblem } from '../program/program.ts';
import { type Node, rootNode } from '../run/node.ts';
import type { Frame, Run } from '../run/run.ts';
import { combinations, type Operand, operandText, type TransformDefinition } from './transform.ts';

const text = (value: string | undefined): readonly Node[] => (value ? [rootNode(value, 'string')] : []);
const sources = (operands: readonly Operand[]) => (frame: Frame) => operands.flatMap((it) => it.sources?.(frame) ?? []);

/** Concatenation in generated code; an empty result is no value. */
function appended(operands: readonly Operand[]): DirectValue | undefined {
  const texts = directTexts(operands);
  if (!texts) return undefined;
  const value = (builder: GroupBuilder): string =>
    `(${['""', ...texts.map((it) => textCode(it, builder))].join(' + ')})`;
  const test = (builder: GroupBuilder): string =>
    [allTextsTest(texts, builder), `${value(builder)} !== ""`].filter((it) => it !== '').join(' && ');
  return { kind: 'primitive', type: 'string', test, value, fresh: true };
}

type Escape = { readonly escape: (plain: string) => string; readonly unescape: (escaped: string) => string };

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const marks: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

const xml: Escape = {
  escape: (plain) => plain.replace(/[<>&"']/g, (one) => marks[one]!),
  unescape: (escaped) =>
    escaped.replace(
      /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-z]{2,4}));/g,
      (whole, hex?: string, digits?: string, name?: string) => {
        const point = hex ? Number.parseInt(hex, 16) : digits ? Number(digits) : undefined;
        if (point === undefined) return named[name ?? ''] ?? whole;
        return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
      },
    ),
};
const json: Escape = {
  escape: (plain) => JSON.stringify(plain).slice(1, -1),
  unescape: (escaped) => {
    try {
      return String(JSON.parse(`"${escaped}"`));
    } catch {
      return escaped;
    }
  },
};
const plain: Escape = { escape: (it) => it, unescape: (it) => it };
const formats: Readonly<Record<string, Escape>> = { plain, xml, html: xml, json, java: json };

export const textTransforms: Readonly<Record<string, TransformDefinition>> = {
  append: {
    arity: [1, 64],
    compile: ({ operands }) => ({
      types: ['string'],
      listed: combinations(operands).map((it) => it.join('')),
      values: (run: Run, frame: Frame) => text(operands.map((it) => operandText(it, run, frame) ?? '').join('')),
      sources: sources(operands),
      direct: appended(operands),
    }),
  },
  truncate: {
    arity: [2, 2],
    compile: ({ operands: [from, length] }) => ({
      types: ['string'],
      values: (run: Run, frame: Frame) => {
        const most = Number(length!.values(run, frame)[0]?.value);
        // By characters, not code units: a cut surrogate pair is not valid text.
        return text(
          Number.isFinite(most)
            ? [...(operandText(from!, run, frame) ?? '')].slice(0, Math.max(0, most)).join('')
            : undefined,
        );
      },
      sources: sources([from!]),
    }),
  },
  escape: {
    arity: [2, 3],
    compile: ({ operands: [from, first, second], context, at }) => {
      const [sourceFormat, format] = second
        ? [String(first!.constant), String(second.constant)]
        : ['plain', String(first!.constant)];
      const [decode, encode] = [formats[sourceFormat], formats[format]];
      if (!decode || !encode) {
        return reportProblem(
          context,
          'map-arguments-invalid',
          { name: 'escape', expected: Object.keys(formats).join(', '), found: 'another format' },
          at,
        );
      }
      return {
        types: ['string'],
        values: (run: Run, frame: Frame) => text(encode.escape(decode.unescape(operandText(from!, run, frame) ?? ''))),
        sources: sources([from!]),
      };
    },
  },
  uuid: {
    arity: [0, 0],
    compile: () => ({ types: ['string'], values: (run: Run) => [rootNode(run.newId(), 'string')] }),
  },
};
