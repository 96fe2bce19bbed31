/** What decides, as sets of files named by their content: read, kept, compared, tried on recorded messages. */
export { type Folders, inFolders, readFolders } from './folders.ts';
export { type ConfigurationSet, short } from './set.ts';
