/** Transforms of texts: append, truncate, escape, uuid. */
import type { Form } from '../generate/form.ts';
import { allTexts, textOf as textIn, textsOf } from '../generate/value.ts';
import { type Node, rootNode } from '../node.ts';
import { complain } from '../program.ts';
import type { Frame, Run } from '../run.ts';
import { type Direct, type Operand, type TransformKind, textOf } from './transform.ts';

const text = (value: string | undefined): readonly Node[] => (value ? [rootNode(value, 'string')] : []);
const sources = (operands: readonly Operand[]) => (frame: Frame) => operands.flatMap((it) => it.sources?.(frame) ?? []);

/** Texts put together by the code; when nothing comes of it, there is no value. */
function appended(operands: readonly Operand[]): Direct | undefined {
  const texts = textsOf(operands);
  if (!texts) return undefined;
  const value = (form: Form): string => `(${['""', ...texts.map((it) => textIn(it, form))].join(' + ')})`;
  const test = (form: Form): string =>
    [allTexts(texts, form), `${value(form)} !== ""`].filter((it) => it !== '').join(' && ');
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

export const textTransforms: Readonly<Record<string, TransformKind>> = {
  append: {
    takes: [1, 64],
    compile: ({ operands }) => ({
      types: ['string'],
      values: (run: Run, frame: Frame) => text(operands.map((it) => textOf(it, run, frame) ?? '').join('')),
      sources: sources(operands),
      direct: appended(operands),
    }),
  },
  truncate: {
    takes: [2, 2],
    compile: ({ operands: [from, length] }) => ({
      types: ['string'],
      values: (run: Run, frame: Frame) => {
        const most = Number(length!.values(run, frame)[0]?.value);
        // By characters, not by code units: half an emoji is no text.
        return text(
          Number.isFinite(most)
            ? [...(textOf(from!, run, frame) ?? '')].slice(0, Math.max(0, most)).join('')
            : undefined,
        );
      },
      sources: sources([from!]),
    }),
  },
  escape: {
    takes: [2, 3],
    compile: ({ operands: [from, first, second], context, at }) => {
      const [old, wanted] = second
        ? [String(first!.constant), String(second.constant)]
        : ['plain', String(first!.constant)];
      const [decode, encode] = [formats[old], formats[wanted]];
      if (!decode || !encode) {
        return complain(
          context,
          'map-arguments-invalid',
          { name: 'escape', expected: Object.keys(formats).join(', '), found: 'another format' },
          at,
        );
      }
      return {
        types: ['string'],
        values: (run: Run, frame: Frame) => text(encode.escape(decode.unescape(textOf(from!, run, frame) ?? ''))),
        sources: sources([from!]),
      };
    },
  },
  uuid: {
    takes: [0, 0],
    compile: () => ({ types: ['string'], values: (run: Run) => [rootNode(run.newId(), 'string')] }),
  },
};
