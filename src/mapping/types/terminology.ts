/** A value set, as far as a map asks. Without a system, as for an element of type code, a code of any system matches. */
export type MapValueSet = {
  /** Undefined when the loaded content cannot decide. */
  readonly has: (system: string | undefined, code: string) => boolean | undefined;
  /** All codes, when they can be listed. */
  readonly codes: ReadonlySet<string> | undefined;
};

/** What decides value sets: for a gateway, the content that its validator has loaded. */
export type MapTerminology = {
  /** By canonical; undefined when it is not loaded. */
  readonly valueSet: (canonical: string) => MapValueSet | undefined;
  /** The canonicals of the loaded value sets, as candidates for a suggestion. */
  readonly valueSets: () => Iterable<string>;
  /** The value set that an element requires (binding strength required): `('Patient.contact', 'gender')`. */
  readonly requiredBy: (type: string, element: string) => string | undefined;
};

export type CodeOfSet = { readonly system: string | undefined; readonly code: string };

/** The codes in a code, Coding, Quantity or CodeableConcept. A Coding without a system is in no value set that has systems. */
export function codesIn(value: unknown): readonly CodeOfSet[] {
  if (typeof value === 'string') return [{ system: undefined, code: value }];
  if (Array.isArray(value)) return value.flatMap(codesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { coding, system, code } = value as { coding?: unknown; system?: unknown; code?: unknown };
  if (Array.isArray(coding)) return coding.flatMap((it) => (typeof it === 'string' ? [] : codesIn(it)));
  return typeof code === 'string' ? [{ system: typeof system === 'string' ? system : '', code }] : [];
}

/** Whether one of the codes is in the value set; undefined when the loaded content cannot decide. */
export function isMember({ has }: MapValueSet, codes: readonly CodeOfSet[]): boolean | undefined {
  const answers = codes.map(({ system, code }) => has(system, code));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}
