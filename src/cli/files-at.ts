import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';

/** The file at a path, or the JSON and XML files of a folder, ordered by name. */
export async function filesAt(path: string): Promise<Result<readonly string[]>> {
  try {
    if (!(await stat(path)).isDirectory()) return success([path]);
    const names = (await readdir(path)).filter((name) => /\.(json|xml)$/.test(name)).sort();
    if (names.length === 0) return failure(issue('folder-empty', {}));
    return success(names.map((name) => join(path, name)));
  } catch (error) {
    return failure(unreadable(error));
  }
}

export const unreadable = (error: unknown) =>
  issue('file-unreadable', { problem: (error as NodeJS.ErrnoException).code ?? 'error' });
