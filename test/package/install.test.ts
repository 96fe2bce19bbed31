import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiPage } from './api.ts';
import { installed, type Manifest, nodeOfMachine, ran, root } from './install.ts';

/** What a user of the package gets, in a project of their own. */
const project = mkdtempSync(join(tmpdir(), 'mgn-package-'));
let folder: string;
let manifest: Manifest;

beforeAll(async () => {
  ({ folder, manifest } = await installed(project));
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

const machine = nodeOfMachine();
const tooOld = machine !== undefined && /^(\d|1\d|2[013]|22\.\d|22\.1[0-8]|24\.[01])\./.test(machine.version);
/** This clone's Node runs without what Node 22 lacks, so that a use of it is found here too. */
const nodes = [
  { path: process.execPath, name: `${process.versions.node} as 22`, flags: ['--import', './as-node-22.js'] },
];
if (machine && !tooOld && machine.version !== process.versions.node)
  nodes.push({ path: machine.path, name: machine.version, flags: [] });

test('the tarball carries dist/ and data, no sources and no Node binary', () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sizes = files.map((file) => statSync(join(folder, file))).filter((it) => it.isFile());
  const size = sizes.reduce((sum, it) => sum + it.size, 0);
  expect(size).toBeLessThan(30_000_000);
  expect(manifest.optionalDependencies).toBeUndefined();
  expect(Object.keys(manifest.dependencies).filter((name) => name.startsWith('node-'))).toEqual([]);
  expect(readdirSync(folder)).not.toContain('src');
  expect(readdirSync(join(folder, 'dist/library')).sort()).toEqual(
    ['fhir', 'fhirpath', 'mapping', 'validation'].flatMap((it) => [`${it}.d.ts`, `${it}.js`, `${it}.js.map`]),
  );
});

describe.for(nodes)('under Node $name', ({ path, flags }) => {
  test('each entry of the library works', async () => {
    const { out, err } = await ran(path, [...flags, 'use.js'], project, path);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      fhir: true,
      fhirpath: [true],
      validation: 'invalid',
      mapping: { resourceType: 'Person', birthDate: '1980-01-01' },
    });
    expect((await ran(path, [...flags, 'require.cjs'], project, path)).out).toBe(`true ${manifest.version}\n`);
  });

  test('npx mgn --version', async () => {
    expect(await ran('npx', ['mgn', '--version'], project, path)).toMatchObject({
      code: 0,
      out: `${manifest.version}\n`,
    });
  });

  test('mgn validate of an example', async () => {
    const message = 'node_modules/mgn-gateway/examples/messages/001-referral-as-collection/input.json';
    const { code, out } = await ran(path, [...flags, join(folder, 'bin/mgn.js'), 'validate', message], project, path);
    expect([code, out.split('\n')[0]]).toEqual([0, `valid ${message}`]);
  });

  test('mgn serve answers, and mgn play plays an example on it', async () => {
    const args = [
      ...flags,
      join(folder, 'bin/mgn.js'),
      'serve',
      '--port',
      '0',
      '--store',
      `sqlite:${join(project, 'gateway.db')}`,
    ];
    const child = spawn(path, args, { cwd: project, stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      let port: string | undefined;
      for await (const chunk of child.stdout) {
        port = /"because":"port (\d+)/.exec(String(chunk))?.[1];
        if (port) break;
      }
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'up' }]);
      // the examples come with the package
      const play = [...flags, join(folder, 'bin/mgn.js'), 'play', '106', '--to', `http://127.0.0.1:${port}/fhir`];
      const played = await ran(path, play, project, path);
      expect([played.code, played.out.trimEnd().split('\n').at(-1)]).toEqual([0, '  as expected']);
    } finally {
      child.kill();
    }
  });
});

test('a clone needs no build: its command runs src/', async () => {
  const { out } = await ran(process.execPath, ['.ci/toolchain/mgn.js', '--version'], root);
  expect(out).toBe(`${manifest.version}\n`);
});

test.for(['nodenext', 'bundler'])(
  'a TypeScript consumer compiles: strict, %s, skipLibCheck off',
  async (resolution) => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(await ran(process.execPath, [tsc, '-p', `tsconfig.${resolution}.json`], project)).toMatchObject({
      code: 0,
      out: '',
    });
  },
);

test('docs/reference/api.md lists the exported API; after a wanted change: npm run api', () => {
  expect(apiPage(folder)).toBe(readFileSync(join(root, 'docs/reference/api.md'), 'utf8'));
});

test('a Node that is too old is named, with the one that is needed', async ({ skip }) => {
  if (!machine) skip('there is no Node on PATH besides the one of this clone');
  else if (!tooOld) skip(`Node ${machine.version} on PATH is not too old`);
  else {
    const says = new RegExp(
      `mgn-gateway needs Node 22.19 or .* This is Node ${machine.version.replaceAll('.', '\\.')}`,
    );
    const command = await ran('npx', ['mgn', '--version'], project, machine.path);
    expect([command.code, command.out, command.err]).toEqual([1, '', expect.stringMatching(says)]);
    const library = await ran(machine.path, ['use.js'], project, machine.path);
    expect([library.code, library.out, library.err]).toEqual([1, '', expect.stringMatching(says)]);
  }
});

test('engines, the message and the dependencies require the same Node', () => {
  expect(manifest.engines.node).toBe('^22.19.0 || >=24.2.0');
  expect(readFileSync(join(folder, 'bin/require-node.js'), 'utf8')).toContain('Node 22.19 or a later 22, or Node 24.2');
});
