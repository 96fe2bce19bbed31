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
    en: '{file} cannot be used: {problem}. Use a file that mgn audit heads or openssl genpkey -algorithm ed25519 made.',
    nl: '{file} is niet bruikbaar: {problem}. Gebruik een bestand dat mgn audit heads of openssl genpkey -algorithm ed25519 heeft gemaakt.',
  },
  'audit-partner-unknown': {
    ...found,
    type: 'not-found',
    en: 'Neither the network nor the audit trail has a partner {partner}. Use an id of partners.yaml: {known}.',
    nl: 'Het netwerk noch het auditspoor heeft een partner {partner}. Gebruik een id van partners.yaml: {known}.',
  },
} as const satisfies Record<string, Rule>;
