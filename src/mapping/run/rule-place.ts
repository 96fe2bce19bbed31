/** Place of a rule in a map; issues and lineage refer to it. */
export type RulePlace = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly group: string;
  readonly name: string;
  /** Shared by all rules that one `src -> tgt: a, b;` expands to. */
  readonly batch?: string;
};

/** `patient.fml:12 (Person.name)`: file without its folders, line, group and rule. */
export const describePlace = ({ path, line, group, name }: RulePlace): string =>
  `${path.replace(/^.*\//, '')}:${line} (${group}${name ? `.${name}` : ''})`;
