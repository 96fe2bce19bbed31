import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { productFolder } from '../../main/own-validator.ts';

/** A case of examples/messages: one message, and its expected result (examples/messages/README.md). */
export type Example = {
  readonly story: string;
  readonly given?: Given;
  /** Id of the sending partner of the demo network. */
  readonly as: string;
  readonly send: {
    readonly method: 'POST';
    readonly path: string;
    readonly 'content-type': string;
    readonly authorization?: string;
    readonly headers?: Readonly<Record<string, string | null>>;
  };
  readonly expect: Expected;
};

/** The exchange before the message: a referral of these examples, accepted by its owner. */
export type Given = {
  readonly referral: string;
  readonly as: string;
  readonly 'taken-on-by': string;
  /** Waiting times and capacity that providers report before the referral. */
  readonly reported?: readonly ReportedPlace[];
  /** A consultation about the order, accepted by its coordinator. */
  readonly consultation?: {
    readonly asked: string;
    readonly 'taken-on-by': string;
    readonly prepared?: string;
    readonly begun?: boolean;
  };
};

/** Waiting time and capacity of a service (HealthcareService), as its provider reports them. */
export type ReportedPlace = {
  readonly service: string;
  readonly by: string;
  readonly 'intake-weeks': number;
  readonly 'treatment-weeks': number;
  readonly capacity: string;
  readonly 'days-ago': number;
};

export type Expected = {
  readonly status: number;
  readonly 'routed-to'?: string;
  readonly warnings?: readonly string[];
  /** Parts of the result of $explain for the sender, in English. */
  readonly explained?: readonly string[];
  readonly errors?: readonly { readonly rule: string; readonly at?: string; readonly constraint?: string }[];
  readonly stored: 'graph' | 'nothing';
};

/** An example with the name of its folder and its body. */
export type NamedExample = { readonly name: string; readonly example: Example; readonly body: Buffer };

/** The examples of this installation. */
export const examplesFolder = join(productFolder, 'examples/messages');

export const exampleNames = (): readonly string[] => readdirSync(examplesFolder).filter((it) => /^\d{3}-/.test(it));

/** Names of the examples with this number (`106`, `6`) or folder name; empty when there is none. */
export const namesOf = (text: string): readonly string[] =>
  exampleNames().filter(
    (it) => it === text.replace(/\/+$/, '') || (/^\d{1,3}$/.test(text) && it.startsWith(`${text.padStart(3, '0')}-`)),
  );

/** Reads the example in a folder of this name. */
export function readExample(name: string): NamedExample {
  const folder = join(examplesFolder, name);
  const input = readdirSync(folder).find((file) => file.startsWith('input.'));
  if (!input) throw new Error(`${folder} has no input`);
  const example = parse(readFileSync(join(folder, 'case.yaml'), 'utf8')) as Example;
  return { name, example, body: readFileSync(join(folder, input)) };
}
