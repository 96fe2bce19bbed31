// First import of the command and of every library entry. An older Node must be able to parse this file and all that is
// linked with it, so: no syntax after ES2015, no imports.

/** The same range as `engines` of package.json; test/package compares them. */
const needed = 'Node 22.19 or a later 22, or Node 24.2 or later';

const version = process.versions.node;
const [major, minor] = version.split('.').map(Number);

if (!((major === 22 && minor >= 19) || (major === 24 && minor >= 2) || major > 24)) {
  const error = new Error(`mgn-gateway needs ${needed}. This is Node ${version} (${process.execPath}).`);
  error.code = 'node-unsupported';
  throw error;
}
