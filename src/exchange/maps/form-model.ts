import type { StructureDefinition } from '@medplum/fhirtypes';
import { primitives } from '../../fhir/primitives.ts';
import { isType, type Resource } from '../../fhir/resource.ts';

/** A field of a form, as its logical model states it. */
export type FormField = {
  /** Code of its type in FHIR; `object` for a part with fields of its own. */
  readonly type: string;
  readonly isRequired: boolean;
  readonly isList: boolean;
  /** Form of its text, by the extension `regex` of its type. */
  readonly pattern?: RegExp;
  /** A value that it takes, for the finding. */
  readonly example: string;
  /** Of an object. */
  readonly fields?: ReadonlyMap<string, FormField>;
};

/** A form as plain JSON: what its sender may write in each of its fields. */
export type FormModel = { readonly root: string; readonly fields: ReadonlyMap<string, FormField> };

/** The field at a path in a form, such as `referral-form.complaint[0].icpc`. */
export function fieldAt({ fields }: FormModel, path: string): FormField | undefined {
  let below: ReadonlyMap<string, FormField> | undefined = fields;
  let field: FormField | undefined;
  for (const name of path.split('.').slice(1)) {
    field = below?.get(name.replace(/(?:\[\d+\])+$/, ''));
    if (!field) return undefined;
    below = field.fields;
  }
  return field;
}

type Element = NonNullable<StructureDefinition['snapshot']>['element'][number];

/**
 * The logical model of a form that a map reads, of which `source` is the last part of the url; undefined without one.
 * An element of a type that is itself a model is not checked.
 */
export function formModelOf(source: string | undefined, definitions: readonly Resource[]): FormModel | undefined {
  const model = definitions
    .filter((it) => isType(it, 'StructureDefinition'))
    .find(({ url }) => url.endsWith(`/${source}`));
  const elements = (model?.snapshot ?? model?.differential)?.element;
  if (source === undefined || !elements?.[0]) return undefined;
  return { root: source, fields: fieldsBelow(elements[0].path, elements) };
}

const fieldsBelow = (path: string, elements: readonly Element[]): ReadonlyMap<string, FormField> =>
  new Map(
    elements.flatMap((it) => {
      const [name = '', ...deeper] = it.path.startsWith(`${path}.`)
        ? it.path.slice(path.length + 1).split('.')
        : ['', ''];
      return deeper.length ? [] : [[name, fieldOf(it, elements)] as const];
    }),
  );

const regex = 'http://hl7.org/fhir/StructureDefinition/regex';

function fieldOf({ path, min, max, type: types = [] }: Element, elements: readonly Element[]): FormField {
  const [type] = types;
  const pattern = type?.extension?.find(({ url }) => url === regex)?.valueString;
  const isObject = type?.code === 'BackboneElement' || type?.code === 'Element';
  const code = isObject ? 'object' : types.length === 1 ? (type?.code ?? '') : '';
  return {
    type: code,
    isRequired: (min ?? 0) > 0,
    isList: max === '*' || Number(max) > 1,
    example: pattern ?? examples[code] ?? primitives[code]?.example ?? '{ ... }',
    ...(pattern === undefined ? {} : { pattern: new RegExp(`^(?:${pattern})$`) }),
    ...(isObject ? { fields: fieldsBelow(path, elements) } : {}),
  };
}

const examples: Readonly<Record<string, string>> = {
  object: '{ }',
  date: '2026-11-27',
  dateTime: '2026-11-27T13:00:00+01:00',
  uri: 'https://example.org',
};
