// The manifest of the tarball. In a clone the library entries are the sources, so that nothing has to be built before
// `import 'mgn-gateway/validation'` works; a package under node_modules must be JavaScript, since Node strips no types
// there. `npm pack` runs this around its work: `dist` before, `restore` after it.
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const file = new URL('../package.json', import.meta.url);
const backup = new URL('../.package.json.clone', import.meta.url);

if (process.argv[2] === 'restore') {
  if (existsSync(backup)) renameSync(backup, file);
} else {
  // Left over from an interrupted pack.
  if (existsSync(backup)) renameSync(backup, file);
  copyFileSync(file, backup);
  const { devDependencies, workspaces, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  const built = (source) => {
    const path = source.replace('./src/', './dist/').replace(/\.ts$/, '');
    return { types: `${path}.d.ts`, default: `${path}.js` };
  };
  for (const [entry, source] of Object.entries(manifest.exports))
    if (source.endsWith('.ts')) manifest.exports[entry] = built(source);
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
