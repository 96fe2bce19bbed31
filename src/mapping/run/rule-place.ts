/** Where in a map something comes from: what issues and lineage name. */
export type RulePlace = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly group: string;
  readonly name: string;
  /** The same for all rules that one `src -> tgt: a, b;` stands for. */
  readonly batch?: string;
};

/** `elz-bundle.fml:12 (Task.status)`: the file without its folders, the line, the group and the rule. */
export const tellPlace = ({ path, line, group, name }: RulePlace): string =>
  `${path.replace(/^.*\//, '')}:${line} (${group}${name ? `.${name}` : ''})`;
