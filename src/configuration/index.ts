/**
 * Configuration as sets of files identified by content: read, stored, compared, tried on recorded messages, put into
 * force.
 */
export { activate, mayActivate, recordTrial } from './activate.ts';
export { differences } from './differences.ts';
export { disclosureDifferences } from './disclosed-elements.ts';
export { type Folders, readFolders, readPart, withFolders } from './folders.ts';
export { type ReplayResult, replay } from './replay.ts';
export { type ConfigurationSet, complete, isSetPath, type Part, parts, setOf, short } from './set.ts';
export { type DifferenceGroup, type ShadowReport, shadow } from './shadow.ts';
export { lastUse, previousSet, storedSet } from './stored-sets.ts';
