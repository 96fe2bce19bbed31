import { typeModel } from '../../fhir/model.ts';
import { parse, type Syntax } from '../../fhirpath/index.ts';
import type { SentMessage } from '../reading/sent-message.ts';

/** What a first look at a message shows: its type, the types of its entries, and its profiles. */
export type FirstLook = {
  readonly type: string | undefined;
  readonly entries: ReadonlySet<string>;
  readonly profiles: readonly string[];
};

type Elements = Readonly<Record<string, unknown>>;

export function lookAt(message: SentMessage['message']): FirstLook {
  const { resourceType, entry, meta } = message as Elements;
  const entries = new Set<string>();
  for (const it of list(entry))
    for (const resource of list((it as Elements | null)?.resource)) {
      const type = (resource as Elements | null)?.resourceType;
      if (typeof type === 'string') entries.add(type);
    }
  const profiles = list(meta).flatMap((it) => list((it as Elements | null)?.profile));
  return {
    type: typeof resourceType === 'string' ? resourceType : undefined,
    entries,
    profiles: profiles.filter((it) => typeof it === 'string'),
  };
}

const list = (it: unknown): readonly unknown[] => (Array.isArray(it) ? it : it === undefined ? [] : [it]);

/** Whether a condition may be true of a message; false is certain. */
export type MayHold = (look: FirstLook) => boolean;

/**
 * Reads the types and profiles without which a condition of intake.yaml is not true. The forms are tried one after another,
 * and with their conditions in FHIRPath alone that took 2.5 % of a message. `variables` are those of the condition.
 */
export const mayHold = (condition: string, variables: Readonly<Record<string, string>>): MayHold =>
  mayBeTrue(parse(condition), variables);

const always: MayHold = () => true;

function mayBeTrue(syntax: Syntax, variables: Readonly<Record<string, string>>): MayHold {
  if (syntax.kind === 'binary' && (syntax.operator === 'and' || syntax.operator === 'or')) {
    const [left, right] = [mayBeTrue(syntax.left, variables), mayBeTrue(syntax.right, variables)];
    return syntax.operator === 'and' ? (look) => left(look) && right(look) : (look) => left(look) || right(look);
  }
  if (syntax.kind === 'type' && syntax.operator === 'is' && syntax.operand.kind === 'this') {
    const { type } = syntax;
    return isResource(type) ? (look) => look.type === type : always;
  }
  if (syntax.kind !== 'call' || syntax.name !== 'exists' || !syntax.on) return always;
  const path = stepsOf(syntax.on);
  const [first, second, third] = path;
  if (isMember(first, 'entry') && isMember(second, 'resource') && third?.kind === 'call' && third.name === 'ofType') {
    const [type] = third.args;
    return type?.kind === 'member' && !type.on && isResource(type.name)
      ? (look) => look.entries.has(type.name)
      : always;
  }
  if (path.length !== 2 || !isMember(first, 'meta') || !isMember(second, 'profile')) return always;
  const start = startIn(syntax.args[0], variables);
  // a profile may have no text, but an extension
  return start === '' ? always : (look) => look.profiles.some((it) => it.startsWith(start));
}

/** The steps of a path from its beginning; none when it begins otherwise than at the message. */
function stepsOf(path: Syntax): readonly Syntax[] {
  if (path.kind !== 'member' && path.kind !== 'call') return [];
  if (!path.on) return [path];
  const before = stepsOf(path.on);
  return before.length ? [...before, path] : [];
}

const isMember = (step: Syntax | undefined, name: string): boolean => step?.kind === 'member' && step.name === name;

const isResource = (type: string): boolean => {
  const model = typeModel(type);
  return model?.kind === 'resource' && !model.abstract;
};

/** With what a profile begins of which `$this.startsWith(...)` or `$this = ...` is true; empty when that is not known. */
function startIn(criterion: Syntax | undefined, variables: Readonly<Record<string, string>>): string {
  if (criterion?.kind === 'binary' && criterion.operator === '=' && criterion.left.kind === 'this')
    return textOf(criterion.right, variables);
  if (criterion?.kind !== 'call' || criterion.name !== 'startsWith' || criterion.on?.kind !== 'this') return '';
  const [start] = criterion.args;
  return start ? textOf(start, variables) : '';
}

/** A text as far as its beginning is constant. */
function textOf(syntax: Syntax, variables: Readonly<Record<string, string>>): string {
  if (syntax.kind === 'string') return syntax.text;
  if (syntax.kind === 'variable') return variables[syntax.name] ?? '';
  if (syntax.kind !== 'binary' || syntax.operator !== '+') return '';
  const isWhole = syntax.left.kind === 'string' || (syntax.left.kind === 'variable' && syntax.left.name in variables);
  const left = textOf(syntax.left, variables);
  return isWhole ? left + textOf(syntax.right, variables) : left;
}
