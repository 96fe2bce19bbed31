/** The form of a value in words, English and Dutch, with an example: a regular expression is no remedy. */
export type ValueForm = { readonly words: string; readonly woorden: string; readonly example: string };

const form = (words: string, woorden: string, example: string): ValueForm => ({ words, woorden, example });

const name = form(
  'a name of lower-case letters, digits and hyphens that begins with a letter or digit',
  'een naam van kleine letters, cijfers en streepjes die met een letter of cijfer begint',
  'ggz-de-kade',
);
const url = form(
  'an http or https address without a query or fragment',
  'een http- of https-adres zonder query of fragment',
  'https://ehr.example.nl/fhir',
);
const bareUrl = form(
  'an http or https address without user, query, fragment and closing slash',
  'een http- of https-adres zonder gebruiker, query, fragment en schuine streep aan het eind',
  'https://ehr.example.nl/fhir',
);
const variable = form(
  'the name of an environment variable: capitals, digits and underscores',
  'de naam van een omgevingsvariabele: hoofdletters, cijfers en lage streepjes',
  'DELIVERY_TOKEN',
);
const fhirId = form(
  'a FHIR id: letters, digits, hyphens and dots',
  'een FHIR-id: letters, cijfers, streepjes en punten',
  'team-noord',
);
const service = form(
  'the reference of a HealthcareService of the directory',
  'de verwijzing naar een HealthcareService van de adreslijst',
  'HealthcareService/registration-team',
);
const language = form('a language code of two or three letters', 'een taalcode van twee of drie letters', 'nl');

/** By the pattern of the schema. */
const forms: Readonly<Record<string, ValueForm>> = {
  '^[A-Z][A-Z0-9_]*$': variable,
  '^[a-z]+(-[a-z]+)*$': form(
    'a code of lower-case words and hyphens',
    'een code van kleine letters en streepjes',
    'referral-within-care',
  ),
  '^[a-z0-9-]+$': name,
  '^[a-z][a-z0-9-]{0,62}$': name,
  '^[a-z][a-z0-9-]{0,63}$': name,
  '^[a-z][a-z0-9-]{0,15}$': name,
  '^[a-z][a-z-]*$': name,
  '^[a-z0-9][a-z0-9-]{0,62}$': name,
  '^[a-z0-9][a-z0-9-]*$': name,
  '^https?://[^\\s?#@]+$': url,
  '^https?://[^\\s?#]+$': url,
  '^https?://[^\\s?#]+[^\\s?#/]$': bareUrl,
  '^https?://[^\\s?#@]+[^\\s?#@/]$': bareUrl,
  '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$': form(
    'an origin: scheme, host and port only',
    'een origin: alleen schema, host en poort',
    'https://console.example.nl',
  ),
  '^(from-directory|https?://[^\\s?#]+)$': form(
    'from-directory, or an http or https address',
    'from-directory, of een http- of https-adres',
    'https://ehr.example.nl/fhir',
  ),
  '^\\S+:\\S+$': form('a URI', 'een URI', 'http://hl7.org/fhir/ValueSet/mimetypes'),
  '^[0-9]{4}$': form(
    'four digits between quotes, a leading zero included',
    'vier cijfers tussen aanhalingstekens, ook een nul vooraan',
    '"0363"',
  ),
  '^[1-9][0-9]{3}(-[1-9][0-9]{3})?$': form(
    'four digits of a postcode, or two of them with a hyphen',
    'vier cijfers van een postcode, of twee ervan met een streepje',
    '3511-3599',
  ),
  '^Organization/[A-Za-z0-9.-]{1,64}$': form(
    'the reference of an Organization of the directory',
    'de verwijzing naar een Organization van de adreslijst',
    'Organization/ggz-de-kade',
  ),
  '^HealthcareService/[A-Za-z0-9.-]{1,64}$': service,
  '^(registration-team|HealthcareService/[A-Za-z0-9.-]{1,64})$': form(
    'registration-team, or the reference of a HealthcareService',
    'registration-team, of de verwijzing naar een HealthcareService',
    'HealthcareService/service-desk',
  ),
  '^(owner|requester|registration-team|HealthcareService/[A-Za-z0-9.-]{1,64})$': form(
    'owner, requester, registration-team, or the reference of a HealthcareService',
    'owner, requester, registration-team, of de verwijzing naar een HealthcareService',
    'owner',
  ),
  '^(named|HealthcareService/[A-Za-z0-9.-]{1,64})$': form(
    'named, or the reference of a HealthcareService',
    'named, of de verwijzing naar een HealthcareService',
    'HealthcareService/team-noord',
  ),
  '^[a-z]{2,3}$': language,
  '^([a-z]{2,3}|unknown)$': form(
    'a language code of two or three letters, or unknown',
    'een taalcode van twee of drie letters, of unknown',
    'nl',
  ),
  '^[0-9a-f]{64}$': form(
    'a SHA-256 in 64 hexadecimal digits, in lower case',
    'een SHA-256 in 64 hexadecimale cijfers, met kleine letters',
    'the output of: printf %s TOKEN | sha256sum',
  ),
  '^system/(\\*|[A-Z][A-Za-z]{1,63})\\.(?=[cruds])c?r?u?d?s?$': form(
    'a SMART scope of a system: a type or *, and letters of cruds in that order',
    'een SMART-scope van een systeem: een type of *, en letters van cruds in die volgorde',
    'system/Task.rs',
  ),
  '^\\d{9}$': form(
    'an RSIN of nine digits between quotes',
    'een RSIN van negen cijfers tussen aanhalingstekens',
    '"999990000"',
  ),
  '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}$': form(
    'a client id of letters, digits and . _ : / -',
    'een client-id van letters, cijfers en . _ : / -',
    'mgn-gateway',
  ),
  '^\\d{8}$': form(
    'a URA of eight digits between quotes',
    'een URA van acht cijfers tussen aanhalingstekens',
    '"99990101"',
  ),
  '^\\d{20}$': form(
    'an OIN of twenty digits between quotes',
    'een OIN van twintig cijfers tussen aanhalingstekens',
    '"00000001234567890000"',
  ),
  '^\\d{4}-\\d{2}-\\d{2}$': form('a day: year, month, day', 'een dag: jaar, maand, dag', '2026-12-25'),
  '^\\S{1,200}$': form(
    'a text of at most 200 characters without spaces',
    'een tekst van hooguit 200 tekens zonder spaties',
    'mgn-gateway',
  ),
  '^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$': form(
    'a text without spaces, quotes and backslashes',
    'een tekst zonder spaties, aanhalingstekens en backslashes',
    'openid',
  ),
  '^[A-Za-z][A-Za-z0-9-]*$': form(
    'a name of letters, digits and hyphens that begins with a letter',
    'een naam van letters, cijfers en streepjes die met een letter begint',
    'ELZ',
  ),
  '^[A-Za-z0-9][A-Za-z0-9.:/_-]{0,254}$': form(
    'a client id of letters, digits and . : / _ -',
    'een client-id van letters, cijfers en . : / _ -',
    'gp-het-baken',
  ),
  '^[A-Za-z0-9.:/-]+$': form(
    'a host name, an IP address or a range of them',
    'een hostnaam, een IP-adres of een reeks daarvan',
    '10.20.0.0/16',
  ),
  '^[A-Za-z0-9.-]{1,64}$': fhirId,
  '^[A-Za-z0-9.-]+$': form('a host name or an IP address', 'een hostnaam of een IP-adres', 'receiver.region.internal'),
  '^[A-Z][A-Za-z_]+/[A-Za-z_/]+$': form('the name of a time zone', 'de naam van een tijdzone', 'Europe/Amsterdam'),
  '^[0-9a-fA-F.:]+(/\\d{1,3})?$': form(
    'an IP address, or a range of them',
    'een IP-adres, of een reeks daarvan',
    '10.0.0.0/8',
  ),
  '^smtps?://[A-Za-z0-9.:-]+/?$|^smtps?://\\[[0-9a-fA-F:]+\\](:\\d+)?/?$': form(
    'the address of a mail server: smtp or smtps, host and port only',
    'het adres van een mailserver: smtp of smtps, alleen host en poort',
    'smtps://mail.example.nl:465',
  ),
  '^[^\\s@<>,]+@[A-Za-z0-9.-]+$': form(
    'one e-mail address without a name',
    'een e-mailadres zonder naam',
    'wijkteam@example.nl',
  ),
  '^(/|[A-Za-z]:[\\\\/])': form(
    'the absolute path of a folder',
    'het volledige pad van een map',
    '/var/spool/mgn/wijkteam',
  ),
  '^(mllps?://[^\\s/?#@]+:\\d{1,5}|https?://[^\\s?#@]+)$': form(
    'an address of a system that accepts HL7 v2: mllp or mllps with host and port, or http or https',
    'een adres van een systeem dat HL7 v2 aanneemt: mllp of mllps met host en poort, of http of https',
    'mllps://ehr.example.nl:2575',
  ),
  '^[1-9]\\d{0,3}(s|m|h|d)$': form(
    'a duration: a number with s (seconds), m (minutes), h (hours) or d (days)',
    'een duur: een getal met s (seconden), m (minuten), h (uren) of d (dagen)',
    '15m',
  ),
  '^([01]\\d|2[0-3]):[0-5]\\d$': form(
    'a time of the day, from 00:00 to 23:59',
    'een tijd van de dag, van 00:00 tot 23:59',
    '"18:30"',
  ),
  '^[0-9A-Fa-f.:]+$': form('an IP address', 'een IP-adres', '10.0.0.7'),
};

/** Undefined for a pattern that nobody described. */
export const formOf = (pattern: string): ValueForm | undefined =>
  Object.hasOwn(forms, pattern) ? forms[pattern] : undefined;
