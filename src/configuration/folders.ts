import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { type ConfigurationSet, type Part, parts, setOf } from './set.ts';

/** The folders of the parts of a set. */
export type Folders = Readonly<Record<Part, string>>;

/** Test cases and documentation lie next to the configuration, but are not part of it. */
const decides = (path: string): boolean =>
  !path.split(sep).some((name) => name.startsWith('.') || name === 'tests') && !path.endsWith('.md');

/** Reads the set in these folders. Reports every unreadable folder. */
export async function readFolders(folders: Folders): Promise<Result<ConfigurationSet>> {
  const read = await Promise.all(parts.map((part) => readPart(part, folders[part])));
  const issues = read.flatMap((it) => it.issues);
  return issues.length ? failure(...issues) : success(setOf(read.flatMap((it) => (it.ok ? it.value : []))));
}

type ReadFile = { readonly path: string; readonly text: string };

/** The files of one part, by their path in the set. */
export async function readPart(part: Part, folder: string): Promise<Result<readonly ReadFile[]>> {
  try {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = found
      .filter((it) => it.isFile())
      .map((it) => relative(folder, join(it.parentPath, it.name)))
      .filter(decides);
    return success(
      await Promise.all(
        paths.map(async (path) => ({
          path: [part, ...path.split(sep)].join('/'),
          text: await readFile(join(folder, path), 'utf8'),
        })),
      ),
    );
  } catch (error) {
    const problem = (error as NodeJS.ErrnoException).code ?? 'error';
    // the compiler of the set reports each missing file
    if (problem === 'ENOENT') return success([]);
    return failure(issue('config-unreadable', { file: folder, problem }));
  }
}

/**
 * Writes a set to temporary folders for the duration of `use`, so that stored sets are compiled in the same way as
 * folders. File names in the issues of `use` become paths in the set.
 */
export async function withFolders<T>(
  { files }: ConfigurationSet,
  use: (folders: Folders) => Promise<Result<T>>,
): Promise<Result<T>> {
  const root = mkdtempSync(join(tmpdir(), 'mgn-set-'));
  try {
    // synchronous: under load every awaited file would wait for its turn among the messages
    for (const part of parts) mkdirSync(join(root, part));
    for (const { path, text } of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const used = await use({
      network: join(root, 'network'),
      mappings: join(root, 'mappings'),
      profiles: join(root, 'profiles'),
    });
    return used.ok ? used : failure(...used.issues.map((it) => withoutRoot(it, `${root}${sep}`)));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const withoutRoot = (it: Issue, root: string): Issue => ({
  ...it,
  message: it.message.replaceAll(root, ''),
  dutch: it.dutch.replaceAll(root, ''),
});
