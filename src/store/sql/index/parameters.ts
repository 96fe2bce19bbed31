import { isSelective, parametersOf, type SearchParameter, searchParameters } from '../../search-parameters.ts';

/** A search parameter as it is stored. */
export type StoredParameter = {
  /** The first of its type with the same element: `subject` of a Task is stored as `patient`. */
  readonly name: string;
  readonly parameter: SearchParameter;
  /** Few resources have one value: each value is a row of the table `token`, besides a facet for its system. */
  readonly isSelective: boolean;
};

type Table = ReadonlyMap<string, StoredParameter>;

const none: Table = new Map();

/** By type and name, those without a name of their own under that of another. */
const tables: ReadonlyMap<string, Table> = new Map(
  Object.keys(searchParameters).map((type) => [type, tableOf(type)] as const),
);

export const storedParameter = (type: string, name: string): StoredParameter => {
  const found = tables.get(type)?.get(name);
  if (!found) throw new Error(`${type} has no search parameter ${name}`);
  return found;
};

/** Type and name of all that have rows in the table `token`. */
export const parametersWithRows: readonly (readonly [type: string, name: string])[] = [...tables].flatMap(
  ([type, table]) =>
    [...table].flatMap(([name, it]) => {
      const hasRows = it.isSelective || (it.parameter.kind === 'token' && it.parameter.rare);
      return hasRows && it.name === name ? [[type, name] as const] : [];
    }),
);

function tableOf(type: string): Table {
  const table = new Map<string, StoredParameter>();
  for (const [name, parameter] of Object.entries(parametersOf(type))) {
    const same = [...table.values()].find((it) => isSame(it.parameter, parameter));
    table.set(name, same ?? { name, parameter, isSelective: isSelective(parameter) });
  }
  const dates = [...table.values()].filter(({ parameter }) => parameter.kind === 'date');
  // the columns `low` and `high` of a resource
  if (dates.length > 1) throw new Error(`${type} has ${dates.length} search parameters by date; a store has one.`);
  return table.size ? table : none;
}

function isSame(one: SearchParameter, other: SearchParameter): boolean {
  const { targets: _, ...own } = { targets: [], ...one };
  const { targets: __, ...others } = { targets: [], ...other };
  return JSON.stringify(own) === JSON.stringify(others);
}
