import type { Bilingual } from '../../fhir/bilingual.ts';
import type { Place } from '../../fhir/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Condition } from './conditions.ts';
import { type LineText, type MessageName, namesOf, type Phase, type RecipientKind } from './file.ts';
import type { Filter, Permissions } from './filter.ts';
import type { Form } from './forms.ts';

/** A line of a file, with where it stands. */
export type Line = LineText & {
  readonly file: string;
  readonly place: Place;
  /** Its place in the file by keys: `messages.referral.resources.Task.lines[0]`. */
  readonly key: string;
};

/** What a line decides, in the words of its file: `allow name.family as family name`. */
export function decisionOf({ allow, withhold, as, when, where, needs, 'needs-one-of': needsOneOf }: LineText): string {
  const words = [
    allow === undefined ? `withhold ${namesOf(withhold).join(', ')}` : `allow ${namesOf(allow).join(', ')}`,
    as && `as ${as}`,
    when && `when ${when}`,
    where && `where ${where}`,
    needs && `needs ${needs.join(', ')}`,
    needsOneOf && `needs-one-of ${needsOneOf.join(', ')}`,
  ];
  return words.filter(Boolean).join(' ');
}

/** What decides on an element, from the lines; the filter of a type is made of it once. */
export type Node =
  | { readonly kind: 'withheld'; readonly line: Line }
  | {
      readonly kind: 'form';
      readonly alternatives: readonly { readonly line: Line; readonly form: Form; readonly when?: Condition }[];
      readonly except: readonly Exception[];
    }
  | {
      readonly kind: 'parts';
      /** Absent for the resource itself. */
      readonly line?: Line;
      readonly when?: Condition;
      readonly needs: readonly string[];
      readonly needsOneOf: readonly string[];
      readonly parts: readonly PartNode[];
      /** Allows all elements without a line of their own. */
      readonly rest?: Line;
      readonly except: readonly Exception[];
    };
/** Values that a line withholds from what another allows. */
export type Exception = { readonly line: Line; readonly where: Condition };
export type PartNode = { readonly property: string; readonly array: boolean; readonly node: Node };

/** What a recipient may receive of one type of resource. */
export type TypeProjection = {
  readonly type: string;
  readonly why: Bilingual;
  /** Decides on the type as a whole: that it goes out, and under which condition. */
  readonly line: Line;
  readonly only?: { readonly words: string; readonly condition: Condition };
  /** Absent where the whole resource may go out. */
  readonly node?: Extract<Node, { kind: 'parts' }>;
  readonly lines: readonly Line[];
  readonly filter: Filter;
};

/** What a recipient may receive for one purpose. Types without an entry are withheld. */
export type MessageProjection = {
  readonly name: MessageName;
  readonly why: Bilingual;
  readonly types: ReadonlyMap<string, TypeProjection>;
  /** The lines that hold for contained resources and those of a Bundle; absent: these. */
  readonly within?: MessageProjection;
  /**
   * A resource as it may go out: the same object where nothing of it is withheld, undefined where all of it is.
   */
  readonly project: (resource: Resource, permissions?: Permissions) => Resource | undefined;
};

/** What one kind of recipient may receive, by phase. */
export type RecipientProjections = {
  readonly kind: RecipientKind;
  readonly summaries: Readonly<Record<Phase, Bilingual>>;
  readonly message: (phase: Phase, name: MessageName) => MessageProjection;
};

/** All projections of a configuration set. */
export type Projections = Readonly<Record<RecipientKind, RecipientProjections>>;

export const noLine: Bilingual = { en: 'No line allows it.', nl: 'Geen regel laat het toe.' };

const nothing = (name: MessageName): MessageProjection => ({
  name,
  why: noLine,
  types: new Map(),
  project: () => undefined,
});

const without = (kind: RecipientKind): RecipientProjections => ({
  kind,
  summaries: { candidate: noLine, selected: noLine, 'after-closing': noLine },
  message: (_, name) => nothing(name),
});

/** Withholds everything: a network without compiled projections discloses nothing. */
export const noProjections: Projections = {
  gp: without('gp'),
  ggz: without('ggz'),
  'social-domain': without('social-domain'),
  person: without('person'),
  network: without('network'),
};
