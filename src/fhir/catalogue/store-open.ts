import type { Rule } from './rule.ts';
import { inConfiguration } from './shared.ts';

/** A store that cannot be opened or read, found at the start of the gateway and by commands. */
export const storeOpenRules = {
  'store-locked': {
    ...inConfiguration,
    type: 'lock-error',
    en: '{store} is locked by another process, which did not release it in time. Look for a backup, a copy or a sqlite3 shell on it, end that, and try again.',
    nl: '{store} is vergrendeld door een ander proces, dat het niet op tijd vrijgaf. Zoek een back-up, kopie of sqlite3 die erop werkt, beëindig dat, en probeer het opnieuw.',
  },
  'store-newer': {
    ...inConfiguration,
    type: 'not-supported',
    en: '{store} was written by a newer version of the gateway. Start that version, or restore a backup from before the upgrade.',
    nl: '{store} is geschreven door een nieuwere versie van de gateway. Start die versie, of zet een back-up van vóór de overgang terug.',
  },
  'store-previous-release': {
    ...inConfiguration,
    type: 'not-supported',
    en: '{store} has the layout of the previous release. Stop that gateway, and move the store to a new file: mgn store migrate {file} NEW. Start the gateway with --store sqlite:NEW.',
    nl: '{store} heeft de indeling van de vorige versie. Stop die gateway, en zet de opslag om naar een nieuw bestand: mgn store migrate {file} NIEUW. Start de gateway met --store sqlite:NIEUW.',
  },
  'store-foreign': {
    ...inConfiguration,
    type: 'not-supported',
    en: '{store} is not a store of the gateway, or its first page is damaged; it was not changed. Name the file of the store, or restore a backup.',
    nl: '{store} is geen opslag van de gateway, of de eerste pagina is beschadigd; er is niets aan veranderd. Noem het bestand van de opslag, of zet een back-up terug.',
  },
  'store-directory': {
    ...inConfiguration,
    type: 'no-store',
    en: '{store} is a directory. Name a file in it.',
    nl: '{store} is een map. Noem een bestand erin.',
  },
  'store-no-access': {
    ...inConfiguration,
    type: 'no-store',
    en: '{store} cannot be opened by this user. The user of the gateway must be able to read and write the file and its folder: SQLite creates -wal and -shm beside it.',
    nl: '{store} is niet te openen voor deze gebruiker. De gebruiker van de gateway moet het bestand en de map kunnen lezen en schrijven: SQLite maakt er -wal en -shm naast.',
  },
  'store-read-only': {
    ...inConfiguration,
    type: 'no-store',
    en: '{store} is on a read-only file system, or is itself read-only. Mount the file system with write access, or name a file on another one.',
    nl: '{store} staat op een bestandssysteem dat alleen te lezen is, of is dat zelf. Koppel het bestandssysteem schrijfbaar, of noem een bestand op een ander.',
  },
  'store-disk-full': {
    ...inConfiguration,
    type: 'no-store',
    en: 'The disk of {store} is full. Free space, and start again.',
    nl: 'De schijf van {store} is vol. Maak ruimte, en start opnieuw.',
  },
  'store-damaged': {
    ...inConfiguration,
    type: 'exception',
    en: 'The store of the gateway is damaged where this request needs it. Nothing was stored. Do not send it again; report the X-Request-Id to the operator of the gateway.',
    nl: 'De opslag van de gateway is beschadigd waar dit verzoek die nodig heeft. Er is niets opgeslagen. Stuur het niet opnieuw; meld de X-Request-Id aan de beheerder van de gateway.',
  },
} as const satisfies Record<string, Rule>;
