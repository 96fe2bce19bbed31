import { catalogue } from '../../fhir/catalogue/index.ts';

/**
 * Values of labels. Each is a name of the configuration or of the code; anything else is `other`, so that nobody who sends
 * something adds a series, and no label can identify a person.
 */
export const other = 'other';
export const none = 'none';

/** A partner, by its id in partners.yaml. */
export const partnerLabel = (id: string | undefined, partners: { has(id: string): boolean }): string =>
  id === undefined ? none : partners.has(id) ? id : other;

/** The kind of a message; of a move or another write its interaction; of a message that was not recognised `unrecognised`. */
export function useCaseLabel(
  { kind, interaction }: { readonly kind?: string; readonly interaction: string },
  kinds: { has(name: string): boolean },
): string {
  if (kind !== undefined) return kinds.has(kind) ? kind : other;
  if (interaction === 'accept') return 'unrecognised';
  return interactions.has(interaction) ? interaction : other;
}

/** Writes that have a line of the log (docs/operate/running.md). */
const interactions: ReadonlySet<string> = new Set([
  ...['create', 'update', 'patch', 'transition', 'transaction', 'notify'],
  ...['login', 'activate', 'requeue-delivery', 'skip-delivery', 'fault'],
]);

export const codeLabel = (code: string): string => (Object.hasOwn(catalogue, code) ? code : other);

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
export const methodLabel = (method: string): string => (methods.has(method) ? method : other);
