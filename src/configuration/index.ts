/** What decides, as sets of files named by their content: read, kept, compared, tried on recorded messages, put into force. */
export { activate, mayActivate, noteTrial } from './activate.ts';
export { differences } from './differences.ts';
export { type Folders, inFolders, readFolders, readPart } from './folders.ts';
export { knownSet, lastUse, previousSet } from './known.ts';
export { type Replayed, replay } from './replay.ts';
export { type ConfigurationSet, completed, isSetPath, type Part, parts, setOf, short } from './set.ts';
export { type Group, type ShadowReport, shadow } from './shadow.ts';
