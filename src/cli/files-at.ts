import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** The standard input as a file. */
export const standardInput = '-';

/**
 * The file at a path, or the JSON and XML files of a folder, ordered by name; with `recursive` those of its folders too.
 * The manifest and the index of a FHIR package are no resources.
 */
export async function filesAt(path: string, { recursive = false } = {}): Promise<Result<readonly string[]>> {
  try {
    if (path === standardInput || !(await stat(path)).isDirectory()) return success([path]);
    const names = (await readdir(path, { recursive }))
      .filter((name) => /\.(json|xml)$/.test(name) && !(recursive && packageFile.test(name)))
      .sort();
    if (names.length === 0) return failure(issue('folder-empty', {}));
    return success(names.map((name) => join(path, name)));
  } catch (error) {
    return failure(unreadable(error));
  }
}

const packageFile = /(?:^|[\\/])(?:package\.json|\.index\.json)$/;

export const unreadable = (error: unknown) =>
  issue('file-unreadable', { problem: (error as NodeJS.ErrnoException).code ?? 'error' });
