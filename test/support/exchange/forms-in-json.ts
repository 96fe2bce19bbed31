/** The forms in JSON that the gateway accepts, with their models: each filled in, so that tests can change each of its fields. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestGateway } from '../test-gateway.ts';

const root = join(import.meta.dirname, '../../..');
const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8'));

export type Fields = Record<string, unknown>;

/** A field by its path in the form, with its type in FHIR. */
export type TypedField = { readonly path: string; readonly type: string; readonly isList: boolean };

type Model = {
  readonly snapshot: {
    readonly element: readonly { readonly path: string; readonly max?: string; readonly type?: { code: string }[] }[];
  };
};

const fieldsOf = ({ snapshot }: Model): TypedField[] =>
  snapshot.element.slice(1).map(({ path, max, type = [] }) => ({
    path: path.slice(path.indexOf('.') + 1),
    type: type[0]?.code ?? '',
    isList: max === '*',
  }));

export type FormInJson = {
  readonly form: string;
  readonly path: string;
  readonly as: string;
  readonly fields: readonly TypedField[];
  /** With a value in each field; `order`: a stored order, for a form that is about one. */
  readonly filled: (order?: string) => Fields;
  /** Which of a list is changed: the first, when not named. */
  readonly at: Readonly<Record<string, number>>;
};

export const formsInJson: readonly FormInJson[] = [
  {
    form: 'referral-form',
    path: '/intake/referral',
    as: 'gp-de-linde',
    fields: fieldsOf(read('mappings/models/referral-form.json')),
    filled: () => {
      const gp = read<{ referrer: Fields & { organization: Fields }; person: Fields }>(
        'examples/messages/127-referral-form/input.json',
      );
      return {
        ...read<Fields>('mappings/form/tests/rich/input.json'),
        ...gp,
        referrer: {
          ...gp.referrer,
          profession: 'huisarts',
          organization: { ...gp.referrer.organization, kvk: '99999904' },
        },
        person: { ...gp.person, prefix: 'van', email: 'testa@example.org' },
        consent: { given: true, date: '2026-11-15', towards: ['network', 'social'], data: ['goals', 'activities'] },
        closeOne: [{ name: 'Broer de Proef', relationship: 'broer', phone: '+31999999997' }],
      };
    },
    at: {},
  },
  {
    form: 'conversation-form',
    path: '/intake/conversation',
    as: 'registration-team',
    fields: fieldsOf(read('mappings/conversation/json/models/conversation-form.json')),
    filled: (order) => {
      const rich = read<{ requests: Fields[]; consents: Fields[] }>('mappings/conversation/json/tests/rich/input.json');
      return {
        ...rich,
        ...(order === undefined ? {} : { order }),
        requests: rich.requests.map((it) => ({ ...it, reason: 'Overzicht over het geld' })),
        consents: rich.consents.map((it) => ({ ...it, given: true })),
      };
    },
    at: { requests: 1 },
  },
];

/** The form with another value in one field; `change` gets the present one. Undefined removes it. */
export function withField(
  { at }: Pick<FormInJson, 'at'>,
  whole: Fields,
  path: string,
  change: (value: unknown) => unknown,
): Fields {
  const changed = structuredClone(whole);
  const names = path.split('.');
  let part = changed;
  for (const name of names.slice(0, -1)) {
    const next = part[name] as Fields | Fields[];
    part = Array.isArray(next) ? next[at[name] ?? 0]! : next;
  }
  const last = names.at(-1)!;
  if (part[last] === undefined) throw new Error(`${path} is not filled in`);
  const value = change(part[last]);
  if (value === undefined) delete part[last];
  else part[last] = value;
  return changed;
}

/** The path of that field in a finding: `referral-form.complaint[0].icpc`. */
export const placeOf = ({ form, at }: Pick<FormInJson, 'form' | 'at'>, whole: Fields, path: string): string => {
  let part: unknown = whole;
  const steps = path.split('.').map((name, index, all) => {
    part = (part as Fields)[name];
    if (!Array.isArray(part) || index === all.length - 1) return name;
    const chosen = at[name] ?? 0;
    part = part[chosen];
    return `${name}[${chosen}]`;
  });
  return [form, ...steps].join('.');
};

/** Sends the text of a form as its usual sender does. */
export const sendForm = (gateway: TestGateway, { path, as }: Pick<FormInJson, 'path' | 'as'>, body: string) =>
  gateway.ask('POST', path, { as, contentType: 'application/json', body });
