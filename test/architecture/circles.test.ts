import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Circles of imports that a room may contain: none in the whole of src/. A ceiling is only for a circle that cannot be
 * broken in the same change; it counts in every room that the circle touches, and is removed with it.
 */
const ceilings: Readonly<Record<string, number>> = {};

type Graph = ReadonlyMap<string, readonly string[]>;

const src = join(import.meta.dirname, '../../src');

/** Imports of every file of src/, type imports too: a type that leads back is a circle for the reader as well. */
function importsOfSource(): Graph {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((it) => it.replaceAll('\\', '/'))
    .filter((it) => it.endsWith('.ts'));
  const existing = new Set(files);
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      const paths = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) =>
        relative(src, join(src, dirname(file), path ?? '')).replaceAll('\\', '/'),
      );
      return [file, paths.filter((it) => existing.has(it))] as const;
    }),
  );
}

/** Strongly connected components of more than one file (Tarjan, SIAM J. Comput. 1972, https://doi.org/10.1137/0201010). */
function circlesOf(graph: Graph): string[][] {
  const indexes = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const index = indexes.size;
    let low = index;
    indexes.set(file, index);
    stack.push(file);
    onStack.add(file);
    for (const next of graph.get(file) ?? []) {
      if (!indexes.has(next)) low = Math.min(low, visit(next));
      else if (onStack.has(next)) low = Math.min(low, lowest.get(next) ?? indexes.get(next) ?? index);
    }
    lowest.set(file, low);
    if (low < index) return low;
    const circle = stack.splice(stack.indexOf(file));
    for (const it of circle) onStack.delete(it);
    if (circle.length > 1 || graph.get(file)?.includes(file)) circles.push(circle.sort());
    return low;
  };
  for (const file of graph.keys()) if (!indexes.has(file)) visit(file);
  return circles;
}

/** The top-level folder or file, and within exchange/ its folder. */
function roomOf(file: string): string {
  const [first = file, second = ''] = file.split('/');
  return first === 'exchange' && !second.endsWith('.ts') ? `${first}/${second}` : first;
}

/** A shortest circle within the component: what to read first when it is to be broken. */
function shortestCircle(graph: Graph, component: readonly string[]): readonly string[] {
  const within = new Set(component);
  const found = component.map((start) => {
    const paths = new Map<string, readonly string[]>([[start, [start]]]);
    for (const [file, path] of paths)
      for (const next of graph.get(file) ?? []) {
        if (next === start) return [...path, start];
        if (within.has(next) && !paths.has(next)) paths.set(next, [...path, next]);
      }
    return component;
  });
  return found.reduce((shortest, it) => (it.length < shortest.length ? it : shortest));
}

const graph = importsOfSource();
const circles = circlesOf(graph);
const rooms = [...new Set([...graph.keys()].map(roomOf))].sort();

const described = (circle: readonly string[]): string =>
  [`${circle.length} files: ${circle.join(', ')}`, `shortest: ${shortestCircle(graph, circle).join(' -> ')}`].join(
    '\n  ',
  );

test.each(rooms)('circles of imports in %s', (room) => {
  const own = circles.filter((circle) => circle.some((file) => roomOf(file) === room));
  const ceiling = ceilings[room] ?? 0;
  const remedy =
    own.length > ceiling
      ? `${room} contains ${own.length} circles of imports, ${ceiling} allowed. Move what both sides need to a file of its own:`
      : `${room} contains ${own.length} circles of imports, fewer than its ceiling: lower it to ${own.length} in this file.`;
  expect(own.length, [remedy, ...own.map(described)].join('\n')).toBe(ceiling);
});

test('every ceiling is for a room that exists', () => {
  expect(Object.keys(ceilings).filter((it) => !rooms.includes(it))).toEqual([]);
});

describe('the count itself', () => {
  const graphOf = (edges: Readonly<Record<string, readonly string[]>>): Graph => new Map(Object.entries(edges));

  test('finds no circle where all imports run one way', () => {
    expect(circlesOf(graphOf({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([]);
  });

  test('finds each circle once, with every file of it', () => {
    const circles = circlesOf(graphOf({ a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['d', 'f'], f: [] }));
    expect(circles.sort()).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });

  test('joins circles that share a file', () => {
    expect(circlesOf(graphOf({ a: ['b', 'c'], b: ['a'], c: ['a'] }))).toEqual([['a', 'b', 'c']]);
  });

  test('names the shortest circle within', () => {
    const edges = graphOf({ a: ['b'], b: ['c'], c: ['a', 'b'] });
    expect(shortestCircle(edges, ['a', 'b', 'c'])).toEqual(['b', 'c', 'b']);
  });
});
