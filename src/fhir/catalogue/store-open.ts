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
  'store-of-another-network': {
    ...inConfiguration,
    type: 'conflict',
    en: 'This store is of the network {network}; the configuration is of {other}. Nothing was changed. Name another store with --store, or start the network of this one. If it is the same network with another name, and another region or address: change the name alone, start, and then the rest.',
    nl: 'Deze opslag is van het netwerk {network}; de configuratie is van {other}. Er is niets veranderd. Noem een andere opslag met --store, of start het netwerk van deze. Is het hetzelfde netwerk met een andere naam, en een andere regio of een ander adres: wijzig eerst alleen de naam, start, en daarna de rest.',
  },
  'store-directory': {
    ...inConfiguration,
    type: 'no-store',
    en: '{store} is a directory. Name a file in it.',
    nl: '{store} is een map. Noem een bestand erin.',
  },
  'erasure-person-unknown': {
    ...inConfiguration,
    type: 'not-found',
    en: 'Nothing is stored of this person. It was erased before, or never referred here: mgn erase list shows who was erased, by the ids at this gateway.',
    nl: 'Van deze persoon is niets opgeslagen. De persoon is al gewist, of hier nooit aangemeld: mgn erase list toont wie gewist is, met de id’s bij deze gateway.',
  },
  'erasure-open': {
    ...inConfiguration,
    type: 'conflict',
    en: 'Nothing was erased: {count} of this person are still open ({open}). Have the parties end them first, or add --even-if-open with the reason; deliveries that wait are then not sent.',
    nl: 'Er is niets gewist: {count} van deze persoon zijn nog open ({open}). Laat de partijen die eerst beëindigen, of voeg --even-if-open toe met de reden; wachtende afleveringen gaan dan niet weg.',
  },
  'erasure-in-clear': {
    ...inConfiguration,
    type: 'conflict',
    en: 'Nothing was erased: texts of this person are stored in clear, and would stay readable. Encrypt them first: mgn store encrypt.',
    nl: 'Er is niets gewist: teksten over deze persoon zijn in klare tekst opgeslagen, en zouden leesbaar blijven. Versleutel ze eerst: mgn store encrypt.',
  },
  'erasure-not-confirmed': {
    ...inConfiguration,
    type: 'suppressed',
    en: 'Nothing was erased: it was not confirmed. Confirm it at the terminal, or add --yes.',
    nl: 'Er is niets gewist: het is niet bevestigd. Bevestig het op de terminal, of voeg --yes toe.',
  },
  'erasure-list-invalid': {
    ...inConfiguration,
    type: 'structure',
    en: 'Line {line} is not a line of mgn erase list. The lines before it were replayed; correct it, and replay the file again.',
    nl: 'Regel {line} is geen regel van mgn erase list. De regels ervoor zijn uitgevoerd; herstel hem, en voer het bestand opnieuw uit.',
  },
  'store-keys-invalid': {
    ...inConfiguration,
    type: 'security',
    en: 'The key ring in {file} cannot be used: {problem}. Correct it: a line for each key, with its id and 32 bytes in base64, the current one first (mgn store keys new).',
    nl: 'De sleutelbos in {file} is onbruikbaar: {problem}. Verbeter hem: een regel per sleutel, met zijn id en 32 bytes in base64, de huidige eerst (mgn store keys new).',
  },
  'store-keys-required': {
    ...inConfiguration,
    type: 'security',
    en: 'The gateway has no key to encrypt {store} with, and this network is not a demo. Create a key with mgn store keys new, and set MGN_STORE_KEYS_FILE to its file or MGN_STORE_KEYS to the key itself.',
    nl: 'De gateway heeft geen sleutel om {store} mee te versleutelen, en dit netwerk is geen demo. Maak een sleutel met mgn store keys new, en zet MGN_STORE_KEYS_FILE op het bestand of MGN_STORE_KEYS op de sleutel zelf.',
  },
  'store-keys-needed': {
    ...inConfiguration,
    type: 'security',
    en: '{store} is encrypted, and there is no key ring. Set MGN_STORE_KEYS_FILE to the file with the key ring of this store, or MGN_STORE_KEYS to its keys.',
    nl: '{store} is versleuteld, en er is geen sleutel opgegeven. Zet MGN_STORE_KEYS_FILE op het bestand met de sleutelbos van deze opslag, of MGN_STORE_KEYS op de sleutels zelf.',
  },
  'store-key-missing': {
    ...inConfiguration,
    type: 'security',
    en: '{store} needs the key {kid}, which is not in the key ring. Add it to the ring: a key may only be removed after mgn store keys status reports that nothing needs it.',
    nl: '{store} heeft sleutel {kid} nodig, die niet in de sleutelbos zit. Voeg hem toe: een sleutel mag pas weg als mgn store keys status meldt dat niets hem nodig heeft.',
  },
  'store-key-wrong': {
    ...inConfiguration,
    type: 'security',
    en: 'The key {kid} in the key ring is another one than {store} was encrypted with. Put the right key under this id; a new key requires an id of its own.',
    nl: 'Sleutel {kid} in de sleutelbos is een andere dan waarmee {store} versleuteld is. Zet de juiste sleutel onder dit id, en geef een nieuwe sleutel een eigen id.',
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
