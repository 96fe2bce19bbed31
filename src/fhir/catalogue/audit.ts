import type { Rule } from './rule.ts';
import { inConfiguration } from './shared.ts';

const found = { ...inConfiguration, type: 'security' } as const satisfies Partial<Rule>;

/** The chain over the audit trail: `mgn audit verify`, `mgn store check`. */
export const auditRules = {
  'audit-entry-altered': {
    ...found,
    en: 'Entry {entry} of the journal ({at}) is not as it was written. Compare it with a backup, and restore one that mgn audit verify finds correct.',
    nl: 'Regel {entry} van het journaal ({at}) is niet zoals hij is geschreven. Vergelijk hem met een back-up, en zet er een terug die mgn audit verify goedkeurt.',
  },
  'audit-entry-removed': {
    ...found,
    en: 'Entries of the journal before entry {entry} ({at}) are missing, and the retention did not remove them. Look for them in a backup, or restore one that mgn audit verify finds correct.',
    nl: 'Vóór regel {entry} van het journaal ({at}) ontbreken regels, en de bewaartermijn heeft ze niet verwijderd. Zoek ze in een back-up.',
  },
  'audit-entry-inserted': {
    ...found,
    en: 'Entry {entry} of the journal ({at}) was not written by a gateway. Compare the journal with a backup, and restore one that mgn audit verify finds correct.',
    nl: 'Regel {entry} van het journaal ({at}) is niet door een gateway geschreven. Vergelijk het journaal met een back-up, en zet er een terug die mgn audit verify goedkeurt.',
  },
  'audit-entry-moved': {
    ...found,
    en: 'Entry {entry} of the journal ({at}) was written as entry {original}: their order was changed. Compare the journal with a backup, and restore one that mgn audit verify finds correct.',
    nl: 'Regel {entry} van het journaal ({at}) is geschreven als regel {original}: de volgorde is veranderd. Vergelijk het journaal met een back-up, en zet er een terug die mgn audit verify goedkeurt.',
  },
  'audit-end-missing': {
    ...found,
    en: 'The journal ends with entry {entry}, and its head is that of entry {last}: its end is missing. Look for it in a backup, or restore one that mgn audit verify finds correct.',
    nl: 'Het journaal eindigt met regel {entry}, en de kop hoort bij regel {last}: het einde ontbreekt. Zoek het in een back-up.',
  },
  'audit-removal-unexplained': {
    ...found,
    en: 'The content of entry {entry} of the journal ({at}) was removed, and no event of the retention says so. Look for it in a backup, or restore one that mgn audit verify finds correct.',
    nl: 'De inhoud van regel {entry} van het journaal ({at}) is verwijderd, en geen gebeurtenis van de bewaartermijn meldt dat. Zoek hem in een back-up.',
  },
  'audit-name-missing': {
    ...found,
    en: 'An event in entry {entry} of the journal ({at}) names {name}, and no row of the index leads from it to the entry: searches and the report for a person lack the event. Restore a backup that mgn audit verify finds correct.',
    nl: 'Een gebeurtenis in regel {entry} van het journaal ({at}) noemt {name}, en de index verwijst niet naar die regel: zoekopdrachten en het overzicht voor een persoon missen de gebeurtenis. Zet een back-up terug die mgn audit verify goedkeurt.',
  },
  'audit-right-unexplained': {
    ...found,
    en: '{partner} may read {place}, and no entry of the journal says so. Remove the row of reader, look for what was read with it in the audit trail, or restore a backup that mgn audit verify finds correct.',
    nl: '{partner} mag {place} lezen, en geen regel van het journaal zegt dat. Verwijder de rij van reader, zoek in de audittrail wat ermee is gelezen, of zet een back-up terug die mgn audit verify goedkeurt.',
  },
  'audit-right-missing': {
    ...found,
    en: 'According to the journal {partner} may read {place}, and the row of reader that says so is gone. Restore a backup that mgn audit verify finds correct.',
    nl: 'Volgens het journaal mag {partner} {place} lezen, en de rij van reader die dat vastlegt is weg. Zet een back-up terug die mgn audit verify goedkeurt.',
  },
  'audit-head-differs': {
    ...found,
    en: 'The head of the journal that was signed at {at} (entry {entry}) is not that of this journal: it was changed, cut off, or is another one. Compare it with a backup of before that time.',
    nl: 'De kop van het journaal die op {at} is ondertekend (regel {entry}), is niet die van dit journaal: het is veranderd, afgekapt, of een ander. Vergelijk het met een back-up van vóór die tijd.',
  },
  'audit-signature-invalid': {
    ...found,
    en: 'The signature of the head of {at} (entry {entry}) is not valid for the key {key}. Check which key the gateway signed with then.',
    nl: 'De handtekening van de kop van {at} (regel {entry}) klopt niet met de sleutel {key}. Controleer met welke sleutel de gateway toen ondertekende.',
  },
  'audit-file-unreadable': {
    ...found,
    type: 'structure',
    en: '{file} cannot be used: {problem}. Use signed heads from mgn audit heads, or a public key from openssl pkey -pubout.',
    nl: '{file} is niet bruikbaar: {problem}. Gebruik ondertekende koppen van mgn audit heads, of een openbare sleutel van openssl pkey -pubout.',
  },
  'receipt-file-unreadable': {
    ...found,
    type: 'structure',
    en: '{file} cannot be used: {problem}. Use one receipt as mgn audit receipt prints it, with --open or without.',
    nl: '{file} is niet bruikbaar: {problem}. Gebruik één bewijs zoals mgn audit receipt het geeft, met of zonder --open.',
  },
  'receipt-not-found': {
    ...found,
    type: 'not-found',
    en: 'The store has no receipt of such a disclosure. Use the id of a message or an X-Trace-Id (mgn audit), and a partner to which something was disclosed.',
    nl: 'De opslag heeft geen bewijs van zo’n verstrekking. Gebruik het id van een bericht of een X-Trace-Id (mgn audit), en een partner aan wie iets is verstrekt.',
  },
  'receipt-path-unknown': {
    ...found,
    type: 'not-found',
    en: 'The source of the disclosure has no value at this path. Use the form Patient/<id>.name[0].family.',
    nl: 'De bron van de verstrekking heeft op dit pad geen waarde. Gebruik de vorm Patient/<id>.name[0].family.',
  },
  'receipt-source-missing': {
    ...found,
    type: 'not-found',
    en: 'The source of this disclosure is no longer in the store as it was: the retention removed it, its key was erased, or it was altered (mgn audit verify). The receipt itself can still be verified.',
    nl: 'De bron van deze verstrekking staat niet meer in de opslag zoals zij was: na de bewaartermijn verwijderd, de sleutel gewist, of veranderd (mgn audit verify). Het bewijs zelf is nog te controleren.',
  },
  'receipt-signature-invalid': {
    ...found,
    en: 'The signature of the receipt is not valid for this key: it was changed, or another gateway signed it. Request it from the network again.',
    nl: 'De handtekening van het bewijs klopt niet met deze sleutel: het is veranderd, of een andere gateway heeft het ondertekend. Vraag het opnieuw op bij het netwerk.',
  },
  'receipt-value-invalid': {
    ...found,
    en: 'The value is not one of the source of this receipt. Request it from the network again.',
    nl: 'De waarde is er geen van de bron van dit bewijs. Vraag haar opnieuw op bij het netwerk.',
  },
  'audit-partner-unknown': {
    ...found,
    type: 'not-found',
    en: 'Neither the network nor the audit trail has a partner {partner}. Use an id of partners.yaml: {known}.',
    nl: 'Het netwerk noch het auditspoor heeft een partner {partner}. Gebruik een id van partners.yaml: {known}.',
  },
} as const satisfies Record<string, Rule>;
