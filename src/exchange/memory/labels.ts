import type { Coding, Meta } from '@medplum/fhirtypes';

/** Tags and security labels of a resource, which its writers may add (https://hl7.org/fhir/R4/resource.html#tag-updates). */
type Labels = Pick<Meta, 'tag' | 'security'>;

/** Labels that a request adds to those its sender sees, and those that it removes. */
export type LabelChange = { readonly added: Labels; readonly removed: Labels };

const names = ['tag', 'security'] as const;

/** An update (PUT) adds labels and removes none, as FHIR has it; a patch may remove them too. */
export function labelChange(
  seen: Meta | undefined,
  requested: Meta | undefined,
  { removes }: { readonly removes: boolean },
): LabelChange {
  const without = (from: Meta | undefined, those: Meta | undefined): Labels =>
    labels((name) => (from?.[name] ?? []).filter((it) => !isAmong(it, those?.[name])));
  return { added: without(requested, seen), removed: removes ? without(seen, requested) : {} };
}

export const addsLabels = ({ added }: LabelChange): boolean => names.some((name) => added[name]?.length);

/** Meta with the change of its labels; everything else in Meta is the gateway's own. */
export function withLabels(stored: Meta | undefined, { added, removed }: LabelChange): Meta | undefined {
  if (![added, removed].some((it) => names.some((name) => it[name]))) return stored;
  const { tag: _, security: __, ...meta } = stored ?? {};
  const kept = (name: keyof Labels): readonly Coding[] =>
    (stored?.[name] ?? []).filter((it) => !isAmong(it, removed[name]));
  return { ...meta, ...labels((name) => [...kept(name), ...(added[name] ?? [])]) };
}

const labels = (of: (name: keyof Labels) => readonly Coding[]): Labels =>
  Object.fromEntries(names.flatMap((name) => (of(name).length ? [[name, of(name)]] : [])));

/** A label is its system and code; the display does not make another. */
const isAmong = ({ system, code, display }: Coding, codings: readonly Coding[] = []): boolean =>
  codings.some((it) => it.system === system && it.code === code && (code !== undefined || it.display === display));
