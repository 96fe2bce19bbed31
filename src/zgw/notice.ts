import { isBelow } from '../delivery/channel/zgw/client.ts';
import type { ZgwSettings } from '../delivery/channel/zgw/settings.ts';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** The body of a dispatch of channel `zgw-status`: a zaak by its address, or several by the numbers of our orders. */
export type ZgwRead = { readonly zaak: string } | { readonly numbers: readonly string[] };

/**
 * The zaak that a notification names, to be read: Notificaties API 1.0 (`kanaal`, `hoofdObject`, ...) or CloudEvents 1.0 as
 * Open Zaak sends them (`nl.overheid.zaken.*`, `subject` the UUID of the zaak). Nothing else of it counts: what happened is
 * read at the municipality. No value: a notification of another kind. Issues: `zgw-notification-invalid`,
 * `zgw-notification-address`.
 */
export function zaakOf(settings: ZgwSettings, text: string): Result<string | undefined> {
  const sent = objectIn(text);
  if (!sent) return failure(issue('zgw-notification-invalid', {}));
  const type = kindOf(sent);
  if (type === 'unknown') return failure(issue('zgw-notification-invalid', {}));
  // a test of the callback, another channel, or a zaaktype of others: taken note of, and nothing is read
  if (type === 'other' || isOfOthers(settings, sent)) return success(undefined);
  const root = `${settings.zaken}/zaken`;
  if (type === 'notificatie') {
    const { hoofdObject } = sent;
    const id = typeof hoofdObject === 'string' ? idBelow(hoofdObject, root) : undefined;
    return id ? success(`${root}/${id}`) : failure(issue('zgw-notification-address', {}));
  }
  const uuid =
    typeof sent.subject === 'string' ? /^(?:urn:uuid:)?([0-9a-f-]{36})$/i.exec(sent.subject)?.[1] : undefined;
  return uuid ? success(`${root}/${uuid.toLowerCase()}`) : failure(issue('zgw-notification-address', {}));
}

type Sent = Readonly<Record<string, unknown>>;

/** The id of `<root>/<id>`, as parsed: a query, a fragment or a path behind it would be another resource. */
function idBelow(address: string, root: string): string | undefined {
  const [at, base] = [URL.parse(address), URL.parse(root)];
  if (!at || !base || !isBelow(address, root) || at.search || at.hash) return undefined;
  const id = at.pathname.slice(base.pathname.length + 1);
  return /^[A-Za-z0-9-]{1,64}$/.test(id) ? id : undefined;
}

function objectIn(text: string): Sent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Sent) : undefined;
  } catch {
    return undefined;
  }
}

function kindOf({ specversion, type, kanaal }: Sent): 'notificatie' | 'event' | 'other' | 'unknown' {
  if (typeof specversion === 'string' && typeof type === 'string')
    return type.startsWith('nl.overheid.zaken.') ? 'event' : 'other';
  if (typeof kanaal !== 'string') return 'unknown';
  return kanaal === 'zaken' ? 'notificatie' : 'other';
}

/** The notification says of which zaaktype it is: others are not read, which saves a request each. */
function isOfOthers({ zaaktypen }: ZgwSettings, { kenmerken, data }: Sent): boolean {
  const zaaktype = ((kenmerken ?? data) as { readonly zaaktype?: unknown } | null | undefined)?.zaaktype;
  return typeof zaaktype === 'string' && !zaaktypen.some(({ url }) => url === zaaktype);
}
