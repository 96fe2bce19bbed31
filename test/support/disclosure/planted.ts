import { typeModel } from '../../../src/fhir/model.ts';
import type { Elements } from '../../../src/fhir/resource.ts';

/** Values that can be found again in any encoding, each with the path of its element. */
export type Planted = {
  readonly pathOf: (marker: string) => string | undefined;
  /** A value of a type with a marker in every element, a choice of each made by `pick`. */
  readonly value: (type: string, path: string, depth?: number) => unknown;
};

const digits = 'abcdefghij';
const markerOf = (index: number): string => `qz${[...String(index)].map((it) => digits[Number(it)]).join('')}zq`;

/** `pick(n)` is a number below n, from the generator of the test. */
export function planter(pick: (count: number) => number): Planted {
  const paths: string[] = [];
  const marker = (path: string): string => markerOf(paths.push(path) - 1);
  const texts = [
    (it: string) => it,
    (it: string) => `${it.charAt(0).toUpperCase()}${it.slice(1)}`,
    (it: string) => `Tekst met ${it} erin`,
    (it: string) => Buffer.from(it).toString('base64'),
    (it: string) => encodeURIComponent(`é ${it} &`),
    (it: string) => `"${it}"\n`,
  ];
  const primitive = (type: string, path: string): unknown => {
    const it = marker(path);
    if (type === 'boolean') return true;
    if (/nteger|Int|decimal/.test(type)) return 1_000 + pick(1_000);
    if (type === 'code') return pick(2) ? it : `${it}-${it}`;
    if (type === 'base64Binary') return Buffer.from(it).toString('base64');
    if (/uri|url|canonical|oid|uuid/.test(type)) return `urn:${texts[pick(2)]!(it)}`;
    if (type === 'xhtml') return `<div xmlns="http://www.w3.org/1999/xhtml">${it}</div>`;
    return texts[pick(texts.length)]!(it);
  };
  const extension = (path: string) => ({ url: `urn:${marker(path)}`, valueString: marker(path) });
  const value = (type: string, path: string, depth = 0): unknown => {
    if (type === 'Resource')
      return {
        resourceType: 'Patient',
        id: marker(path),
        name: [{ text: marker(path), family: `Q${marker(path).slice(1)}` }],
      };
    const model = typeModel(type);
    if (!model || model.kind === 'primitive-type') return primitive(type, path);
    const chosen = new Map<string, string>();
    const entries = [...model.properties].flatMap(([property, { element, type: of }]): [string, unknown][] => {
      if (element.choice) {
        const one = chosen.get(element.name) ?? element.types[pick(element.types.length)]!;
        chosen.set(element.name, one);
        if (one !== of) return [];
      }
      const isPrimitive = typeModel(of)?.kind === 'primitive-type';
      if (of === 'Extension') return [[property, [extension(`${path}.${property}`)]]];
      if (!isPrimitive && depth > 2) return [];
      const below = `${path}.${property}`;
      const it = value(of, below, depth + 1);
      const beside = { id: marker(`${path}._${property}`), extension: [extension(`${path}._${property}`)] };
      return [
        [property, element.array ? [it] : it],
        ...(isPrimitive ? [[`_${property}`, element.array ? [beside] : beside] as [string, unknown]] : []),
      ];
    });
    return Object.fromEntries(entries);
  };
  return { pathOf: (it) => paths[Number([...it].map((one) => digits.indexOf(one)).join(''))], value };
}

/** The markers in a text, as it is and in whatever encoding a string of it could have. */
export function markersIn(out: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const scan = (text: string): void => {
    for (const [, it] of text.matchAll(/qz([a-j]+)zq/gi)) found.add(it!.toLowerCase());
  };
  const walk = (it: unknown): void => {
    if (typeof it === 'string') {
      scan(it);
      scan(Buffer.from(it, 'base64').toString('utf8'));
      for (const [word] of it.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g))
        scan(Buffer.from(word, 'base64').toString('utf8'));
      try {
        scan(decodeURIComponent(it));
      } catch {}
    } else if (typeof it === 'object' && it !== null)
      for (const [name, part] of Object.entries(it as Elements)) {
        scan(name);
        walk(part);
      }
  };
  walk(out);
  return found;
}
