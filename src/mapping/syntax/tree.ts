/**
 * The syntax tree of a map, with the place of every part: what the parser and the StructureMap reader produce.
 * Language: FHIR Mapping Language, guide hl7.fhir.uv.fml 0.1.0 (https://build.fhir.org/ig/HL7/mapping-language-ig/grammar.html,
 * grammar of commit 86e75d73 of HL7/mapping-language-ig), and the R4 and R5 forms before it
 * (https://hl7.org/fhir/R4/mapping-language.html): conditions without parentheses, `"quoted"` urls, `conceptmap`.
 */

/** Line and column, both counted from 1. */
export type Place = { readonly line: number; readonly column: number };

/** FHIRPath source text; compiled later, in the scope of its variables. */
export type Expression = Place & { readonly text: string };

export type Literal = string | number | boolean;

export type Argument =
  | { readonly kind: 'literal'; readonly value: Literal; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'expression'; readonly expression: Expression };

export type Transform =
  | { readonly kind: 'literal'; readonly value: Literal; readonly text: string }
  /** `v`, or `v.a.b`: copies the values at the path. */
  | { readonly kind: 'copy'; readonly variable: string; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Argument[] }
  | { readonly kind: 'expression'; readonly expression: Expression };

export type SourceListMode = 'first' | 'not_first' | 'last' | 'not_last' | 'only_one';
export type TargetListMode = 'first' | 'share' | 'last' | 'single';

export type Source = Place & {
  readonly context: string;
  readonly path: readonly string[];
  readonly type?: string;
  readonly min?: number;
  readonly max?: number | '*';
  readonly default?: Expression;
  readonly listMode?: SourceListMode;
  readonly variable?: string;
  readonly where?: Expression;
  readonly check?: Expression;
  readonly log?: Expression;
};

export type Target = Place & {
  /** Absent when the target declares a variable only: `(expression) as v`, `create('X') as v`. */
  readonly context?: string;
  readonly path: readonly string[];
  readonly transform?: Transform;
  readonly variable?: string;
  readonly listMode?: TargetListMode;
  /** The name that rules with `share` share. */
  readonly listRule?: string;
};

export type Invocation = Place & { readonly group: string; readonly arguments: readonly Argument[] };

export type Rule = Place & {
  readonly name?: string;
  readonly sources: readonly Source[];
  readonly targets: readonly Target[];
  /** `src.a -> tgt.a;`: the default group of the two types, or a copy. */
  readonly identity: boolean;
  readonly dependents: readonly Invocation[];
  readonly rules: readonly Rule[];
  /** Whether an empty line precedes it. */
  readonly gap?: boolean;
  /** Shared by all rules that one `src -> tgt: a, b;` expands to. */
  readonly batch?: string;
  readonly comments: readonly string[];
};

export type Parameter = Place & { readonly mode: 'source' | 'target'; readonly name: string; readonly type?: string };

export type Group = Place & {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly extends?: string;
  readonly typeMode?: 'types' | 'type+';
  readonly rules: readonly Rule[];
  readonly comments: readonly string[];
};

export type Structure = Place & {
  readonly url: string;
  /** Where the url is written. */
  readonly urlAt: Place;
  readonly alias?: string;
  readonly mode: 'source' | 'queried' | 'target' | 'produced';
  readonly comments: readonly string[];
};

export type Constant = Place & {
  readonly name: string;
  readonly expression: Expression;
  readonly comments: readonly string[];
};

export type Import = Place & { readonly url: string; readonly comments: readonly string[] };

/** `conceptmap "#name" { prefix s = "..." s:a - t:b }` within a map; `==` and R4's other symbols are retained as equivalence. */
export type EmbeddedConceptMap = Place & {
  readonly name: string;
  readonly mappings: readonly (Place & {
    readonly sourceSystem: string;
    readonly source: string;
    readonly targetSystem: string;
    readonly target: string;
    readonly equivalence: string;
  })[];
  readonly comments: readonly string[];
};

/** `/// name = value`: an element of the StructureMap; `path` of `jurisdiction.coding.code` has three steps. */
export type Metadata = Place & { readonly path: readonly string[]; readonly value?: Literal };

export type MapFile = {
  readonly path: string;
  readonly url: string;
  readonly name: string;
  readonly metadata: readonly Metadata[];
  readonly conceptMaps: readonly EmbeddedConceptMap[];
  readonly structures: readonly Structure[];
  readonly imports: readonly Import[];
  readonly constants: readonly Constant[];
  readonly groups: readonly Group[];
  /** Comments before the first declaration (`end`: after the last). */
  readonly comments: readonly string[];
  readonly end: readonly string[];
  /** Comments in which another comment starts: what is between them may have been meant as rules. */
  readonly doubtfulComments: readonly Place[];
};
