import type { AttemptResult } from '../channel.ts';
import { classifyAnswer } from '../classify.ts';

/** The error body of ZGW APIs (`Fout`, `ValidatieFout`): RFC 7807 with a code, and the fields that were refused. */
export type Problem = {
  readonly code?: string;
  /** `identificatie identificatie-niet-uniek`. */
  readonly fields: readonly string[];
};

/** Fields of our own requests. Any other name could be disguised content. */
const fields: ReadonlySet<string> = new Set([
  ...[
    'identificatie',
    'bronorganisatie',
    'verantwoordelijkeOrganisatie',
    'zaaktype',
    'zaak',
    'startdatum',
    'kenmerken',
  ],
  ...['registratiedatum', 'toelichting', 'omschrijving', 'communicatiekanaalNaam', 'vertrouwelijkheidaanduiding'],
  ...['roltype', 'roltoelichting', 'betrokkene', 'betrokkeneType', 'betrokkeneIdentificatie', 'contactpersoonRol'],
  ...['inpBsn', 'geslachtsnaam', 'voornamen', 'statutaireNaam', 'naam', 'telefoonnummer', 'emailadres', 'kenmerk'],
  ...['eigenschap', 'waarde', 'statustype', 'datumStatusGezet', 'resultaattype', 'informatieobject', 'status', 'bron'],
  ...[
    'informatieobjecttype',
    'inhoud',
    'bestandsomvang',
    'titel',
    'taal',
    'auteur',
    'creatiedatum',
    'formaat',
    'rollen',
  ],
  ...['bestandsnaam', 'callbackUrl', 'auth', 'kanalen', 'nonFieldErrors', 'zaakinformatieobjecten'],
]);

/** Codes of the reference implementation of the standard; a code that is none of them is not repeated. */
const codes: ReadonlySet<string> = new Set([
  ...['identificatie-niet-uniek', 'invalid', 'required', 'null', 'blank', 'max_length', 'unique', 'does_not_exist'],
  ...['not_found', 'permission_denied', 'not_authenticated', 'authentication_failed', 'jwt-expired', 'throttled'],
  ...['invalid-jwt-token', 'missing-iat-claim', 'missing-client-identifier', 'invalid-client-identifier'],
  ...['bad-url', 'invalid-resource', 'zaaktype-mismatch', 'not-published', 'no_match', 'invalid_choice', 'no-match'],
  ...['relation-validation-error', 'zaak-closed', 'zaak-niet-gesloten', 'resultaat-does-not-exist', 'parse_error'],
  ...['informatieobject-locked', 'not_acceptable', 'unsupported_media_type', 'method_not_allowed', 'error', 'empty'],
  ...[
    'invalid-length',
    'only-digits',
    'inconsistent-relation',
    'pending-relations',
    'missing-zaaktype-informatieobjecttype-relation',
  ],
  ...['no-auth-on-callback-url', 'invalid-callback-url', 'missing-callback-url', 'unsupported', 'existing-lock'],
]);

const known = (code: unknown): string => (typeof code === 'string' && codes.has(code) ? code : 'other');

export function problemOf(value: unknown): Problem {
  const { code, invalidParams } = (value ?? {}) as { readonly code?: unknown; readonly invalidParams?: unknown };
  const params: readonly unknown[] = Array.isArray(invalidParams) ? invalidParams : [];
  return {
    ...(typeof code === 'string' ? { code: known(code) } : {}),
    fields: [
      ...new Set(
        params.map((it) => {
          const { name, code: why } = (it ?? {}) as { readonly name?: unknown; readonly code?: unknown };
          const field =
            typeof name === 'string' ? (name.split('.').findLast((part) => fields.has(part)) ?? 'field') : 'field';
          return `${field} ${known(why)}`;
        }),
      ),
    ].slice(0, 10),
  };
}

/** 403 by a token that was not accepted: Open Zaak answers it where others answer 401. */
const ofToken =
  /^(?:jwt-expired|invalid-jwt-token|missing-iat-claim|(?:missing|invalid)-client-identifier|not_authenticated|authentication_failed)$/;

/** The meaning of an answer of a ZGW API for the delivery. */
export function classifyZgw(status: number, problem: Problem): AttemptResult {
  if (status === 403 && ofToken.test(problem.code ?? ''))
    return { kind: 'retry', reason: { rule: 'receiver-credentials-rejected', detail: `403 ${problem.code}` }, status };
  const verdict = classifyAnswer(status, undefined);
  if (verdict.kind !== 'refused') return { ...verdict, status };
  const detail = [status, ...(problem.code ? [problem.code] : []), ...problem.fields].join(' ');
  return { kind: 'refused', reason: { rule: 'receiver-refused', detail }, status };
}
