/** JSON Patch (RFC 6902) on a copy of a resource. */

export interface Operation {
  op: string;
  path: string;
  value?: unknown;
  from?: string;
}

export class PatchFault extends Error {}

const steps = (path: string): string[] => {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new PatchFault(`path ${path} does not start with /`);
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
};

type Node = Record<string, unknown> | unknown[];

function parentOf(root: Node, path: string): { parent: Node; key: string } {
  const keys = steps(path);
  const key = keys.pop();
  if (key === undefined || keys.concat(key).some((step) => step === '__proto__' || step === 'constructor'))
    throw new PatchFault(`path ${path} is not allowed`);
  let node: unknown = root;
  for (const step of keys) {
    node = Array.isArray(node) ? node[Number(step)] : (node as Record<string, unknown> | undefined)?.[step];
    if (typeof node !== 'object' || node === null) throw new PatchFault(`path ${path} does not exist`);
  }
  return { parent: node as Node, key };
}

function get(root: Node, path: string): unknown {
  const { parent, key } = parentOf(root, path);
  const value = Array.isArray(parent) ? parent[Number(key)] : parent[key];
  if (value === undefined) throw new PatchFault(`path ${path} does not exist`);
  return value;
}

function put(root: Node, path: string, value: unknown): void {
  const { parent, key } = parentOf(root, path);
  if (!Array.isArray(parent)) {
    parent[key] = value;
    return;
  }
  const index = key === '-' ? parent.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > parent.length)
    throw new PatchFault(`path ${path} does not exist`);
  parent.splice(index, 0, value);
}

function drop(root: Node, path: string): unknown {
  const value = get(root, path);
  const { parent, key } = parentOf(root, path);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return value;
}

const same = (left: unknown, right: unknown): boolean => {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  const a = Object.keys(left);
  return (
    a.length === Object.keys(right).length &&
    a.every((key) => same((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]))
  );
};

export function applyPatch<T extends object>(resource: T, operations: unknown): T {
  if (!Array.isArray(operations)) throw new PatchFault('a JSON Patch is an array');
  const root = structuredClone(resource) as unknown as Node;
  for (const { op, path, value, from } of operations as Operation[]) {
    if (op === 'add') put(root, path, value);
    else if (op === 'remove') drop(root, path);
    else if (op === 'replace') {
      drop(root, path);
      put(root, path, value);
    } else if (op === 'move') put(root, path, drop(root, from ?? ''));
    else if (op === 'copy') put(root, path, structuredClone(get(root, from ?? '')));
    else if (op === 'test') {
      if (!same(get(root, path), value)) throw new PatchFault(`test of ${path} failed`);
    } else throw new PatchFault(`operation ${op} is not known`);
  }
  return root as unknown as T;
}
