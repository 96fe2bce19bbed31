import type { Rule } from './rule.ts';
import { inConfiguration } from './shared.ts';

/** Moving, copying and checking a store: `mgn store`. */
export const storeRules = {
  'store-exists': {
    ...inConfiguration,
    type: 'duplicate',
    en: '{store} exists already, and was not changed. Name a file that does not exist yet.',
    nl: '{store} bestaat al en is niet veranderd. Noem een bestand dat nog niet bestaat.',
  },
  'store-current': {
    ...inConfiguration,
    type: 'not-supported',
    en: '{store} has the layout of this release already (schema {schema}): there is nothing to migrate. Start the gateway on it.',
    nl: '{store} heeft de indeling van deze versie al (schema {schema}): er is niets om te zetten. Start de gateway erop.',
  },
  'store-too-old': {
    ...inConfiguration,
    type: 'not-supported',
    en: '{store} has schema {schema}, and this command reads schema 9. Start the release before this one on it once, which migrates it to schema 9, stop that, and try again.',
    nl: '{store} heeft schema {schema}, en dit commando leest schema 9. Start de vorige versie er één keer op, die het naar schema 9 omzet, stop die, en probeer het opnieuw.',
  },
  'store-connection-failed': {
    ...inConfiguration,
    type: 'no-store',
    en: 'No connection to {store} ({problem}). Check that the server runs; the host, port, role and database of the address; the password (PGPASSWORD or PGPASSFILE) and sslmode; the rights of the role.',
    nl: 'Geen verbinding met {store} ({problem}). Controleer of de server draait; de host, poort, rol en database van het adres; het wachtwoord (PGPASSWORD of PGPASSFILE) en sslmode; de rechten van de rol.',
  },
  'store-file-required': {
    ...inConfiguration,
    type: 'not-supported',
    en: '{store} is not a file, and mgn store migrate moves a file to a file. To use PostgreSQL, migrate to a file first, and then run: mgn store copy sqlite:FILE postgres://...',
    nl: '{store} is geen bestand, en mgn store migrate zet een bestand om naar een bestand. Zet voor PostgreSQL eerst om naar een bestand, en voer dan uit: mgn store copy sqlite:BESTAND postgres://...',
  },
  'store-in-use': {
    ...inConfiguration,
    type: 'lock-error',
    en: '{store} is open in another process ({process}): what that stores meanwhile would be missing. Stop the gateway and every other command on it, and try again.',
    nl: '{store} is open in een ander proces ({process}): wat dat intussen opslaat, zou ontbreken. Stop de gateway en elk ander commando erop, en probeer het opnieuw.',
  },
  'store-changed': {
    ...inConfiguration,
    type: 'conflict',
    en: '{store} was written to while it was read: the result would lack that, and was removed. Stop the gateway, and try again.',
    nl: 'In {store} is geschreven terwijl het werd gelezen: dat zou in het resultaat ontbreken, en dat is weer verwijderd. Stop de gateway, en probeer het opnieuw.',
  },
  'store-disk-too-small': {
    ...inConfiguration,
    type: 'no-store',
    en: '{folder} has {free} MB free, and this takes up to {needed} MB. Nothing was written. Free space, or name a file on another disk.',
    nl: '{folder} heeft {free} MB vrij, en dit kost hoogstens {needed} MB. Er is niets geschreven. Maak ruimte, of noem een bestand op een andere schijf.',
  },
  'store-not-written': {
    ...inConfiguration,
    type: 'no-store',
    en: '{store} could not be written ({problem}). Nothing is left of it, and the store that was read is unchanged. Name a file in an existing folder, free space on the disk or correct the permissions, and try again.',
    nl: '{store} is niet te schrijven ({problem}). Er is niets van over, en de gelezen opslag is niet veranderd. Noem een bestand in een bestaande map, maak ruimte op de schijf of corrigeer de rechten, en probeer het opnieuw.',
  },
  'store-differs': {
    ...inConfiguration,
    type: 'exception',
    en: 'Table {table} has {found} rows in the result and {expected} in the store that was read, or other contents. The result was removed. Check the store that was read with mgn store check, and report this.',
    nl: 'Tabel {table} heeft {found} rijen in het resultaat en {expected} in de gelezen opslag, of een andere inhoud. Het resultaat is verwijderd. Controleer de gelezen opslag met mgn store check, en meld dit.',
  },
  'store-not-empty': {
    ...inConfiguration,
    type: 'duplicate',
    en: '{store} is not empty (table {table}), and was not changed. Name an empty database.',
    nl: '{store} is niet leeg (tabel {table}) en is niet veranderd. Noem een lege database.',
  },
  'store-backup-by-server': {
    ...inConfiguration,
    type: 'not-supported',
    en: 'A store on PostgreSQL is backed up by its server. Run this with the password in PGPASSWORD or ~/.pgpass: {command}',
    nl: 'Van een opslag op PostgreSQL maakt de server de back-up. Voer dit uit, met het wachtwoord in PGPASSWORD of ~/.pgpass: {command}',
  },
  'store-corrupt': {
    ...inConfiguration,
    type: 'exception',
    en: '{place}: the file is damaged ({problem}). Stop the gateway, retain a copy of the file, and restore the last backup that mgn store check finds correct.',
    nl: '{place}: het bestand is beschadigd ({problem}). Stop de gateway, bewaar een kopie van het bestand, en zet de laatste back-up terug die mgn store check goedkeurt.',
  },
  'store-entry-damaged': {
    ...inConfiguration,
    type: 'exception',
    en: '{place}: the texts of this entry of the journal cannot be read ({problem}). Restore the last backup that mgn store check finds correct.',
    nl: '{place}: de teksten van deze regel van het journaal zijn niet te lezen ({problem}). Zet de laatste back-up terug die mgn store check goedkeurt.',
  },
  'store-text-differs': {
    ...inConfiguration,
    type: 'exception',
    en: '{place}: the text in the journal is not that of this row ({problem}). Restore the last backup that mgn store check finds correct.',
    nl: '{place}: de tekst in het journaal is niet die van deze rij ({problem}). Zet de laatste back-up terug die mgn store check goedkeurt.',
  },
  'store-row-orphaned': {
    ...inConfiguration,
    type: 'exception',
    en: '{place}: refers to a row of {table} that does not exist. Restore the last backup that mgn store check finds correct.',
    nl: '{place}: verwijst naar een rij van {table} die niet bestaat. Zet de laatste back-up terug die mgn store check goedkeurt.',
  },
  'store-count-differs': {
    ...inConfiguration,
    type: 'exception',
    en: '{place} is {stored}, and counted are {counted}. Restore the last backup that mgn store check finds correct.',
    nl: '{place} is {stored}, en geteld zijn er {counted}. Zet de laatste back-up terug die mgn store check goedkeurt.',
  },
} as const satisfies Record<string, Rule>;
