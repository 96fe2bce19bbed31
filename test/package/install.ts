import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

export const root = join(import.meta.dirname, '../..');
const windows = process.platform === 'win32';

/** Without what npm told the script that runs these tests: an npm in another project must not read it. */
const cleanEnv = (node: string): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$|^VITEST/i.test(name))),
  PATH: [dirname(node), process.env.PATH].join(delimiter),
  NO_COLOR: '1',
});

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a command of that Node's PATH; never rejects, the exit code is in the result. */
export const ran = async (
  command: string,
  args: readonly string[],
  cwd: string,
  node = process.execPath,
): Promise<Ran> => {
  try {
    const options = { cwd, env: cleanEnv(node), shell: windows && !command.endsWith('.exe') };
    const { stdout, stderr } = await promisify(execFile)(command, args, options);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout = '', stderr = String(error) } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: Number(code ?? 1), out: stdout, err: stderr };
  }
};

export type Manifest = {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: unknown;
};

/**
 * A project with the tarball of `npm pack` in its node_modules, and beside it exactly the packages that its manifest
 * depends on, linked from this clone: no network, and an import of anything undeclared fails. Returns the package's folder.
 */
export async function installed(project: string): Promise<{ folder: string; manifest: Manifest }> {
  const packed = await ran('npm', ['pack', '--pack-destination', project], root);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'));
  if (packed.code !== 0 || !tarball) throw new Error(`npm pack failed: ${packed.err}`);
  const modules = join(project, 'node_modules');
  const folder = join(modules, 'mgn-gateway');
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', 'node_modules/mgn-gateway', '--strip-components=1'], { cwd: project });
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  const linked = await ran('npm', ['rebuild', 'mgn-gateway', '--ignore-scripts', '--offline'], project);
  if (linked.code !== 0) throw new Error(`npm rebuild failed: ${linked.err}`);
  return { folder, manifest };
}

/** The Node of the machine: the first one on PATH that npm did not bring. */
export function nodeOfMachine(): { path: string; version: string } | undefined {
  const name = windows ? 'node.exe' : 'node';
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (/node_modules|node-gyp-bin/.test(folder)) continue;
    try {
      const path = join(folder, name);
      return { path, version: execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim() };
    } catch {} // no Node in this folder
  }
  return undefined;
}
