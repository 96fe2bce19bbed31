import { allowedElements, messageNames, type Projections, phases, recipientKinds } from '../disclosure/index.ts';
import type { Disclosure } from '../exchange/pipeline/disclosure.ts';

/**
 * What a change of projections would disclose, one line per element, recipient and phase: newly, no longer, or under
 * other conditions.
 */
export function disclosureDifferences(before: Projections, after: Projections): readonly string[] {
  return recipientKinds.flatMap((kind) =>
    phases.flatMap((phase) =>
      messageNames.flatMap((name) => {
        const [was, is] = [before, after].map((it) => allowedElements(it[kind].message(phase, name)));
        const to = `to ${kind}, phase ${phase} (${name})`;
        return [...new Set([...was!.keys(), ...is!.keys()])].flatMap((path) => {
          const [old, fresh] = [was!.get(path), is!.get(path)];
          if (old === fresh) return [];
          if (old === undefined) return [`+ would newly disclose ${path} ${to}: ${fresh}`];
          if (fresh === undefined) return [`- would no longer disclose ${path} ${to}`];
          return [`~ would disclose ${path} ${to} otherwise: ${old} -> ${fresh}`];
        });
      }),
    ),
  );
}

/** The element paths in a disclosed Bundle, without indexes and values: `Task.note.text`. */
export function elementsIn({ bundle }: Pick<Disclosure, 'bundle'>): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const it of value) walk(it, path);
    else if (typeof value === 'object' && value !== null)
      for (const [name, it] of Object.entries(value)) {
        if (name === 'resourceType') continue;
        found.add(`${path}.${name}`);
        walk(it, `${path}.${name}`);
      }
  };
  for (const { resource } of bundle.entry ?? []) if (resource) walk(resource, resource.resourceType);
  return found;
}

/** Paths of one set that the other lacks, each without those below it. */
export const pathsBeyond = (more: ReadonlySet<string>, less: ReadonlySet<string> = new Set()): readonly string[] =>
  [...more].filter((path) => {
    const above = path.slice(0, path.lastIndexOf('.'));
    return !less.has(path) && (!above.includes('.') || less.has(above) || !more.has(above));
  });
