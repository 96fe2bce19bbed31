import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { type ElementModel, type TypeModel, typeModel, upperFirst } from '../../fhir/model.ts';
import { bareUrl, elementsOf, rootOf } from './logical-elements.ts';

/** Form of an element in XML other than a child element with a `value` attribute (ElementDefinition.representation). */
export type Representation = 'xmlAttr' | 'xmlText' | 'typeAttr' | 'xhtml' | 'cdaText';

/** A logical model: a StructureDefinition outside FHIR itself (https://hl7.org/fhir/R4/structuredefinition.html#logical). */
export type LogicalModel = {
  readonly url: string;
  /** Its root element: the name in paths and in XML. */
  readonly name: string;
  readonly version?: string;
  /** The namespace of its XML; absent for a JSON model. */
  readonly namespace?: string;
  /** Its own type by url, and each nested type by `url#path`. */
  readonly types: ReadonlyMap<string, TypeModel>;
  /** Representations that differ from FHIR's own XML, by type name and element. */
  readonly representations: ReadonlyMap<string, ReadonlyMap<string, readonly Representation[]>>;
};

const namespaceExtensions = new Set([
  'http://hl7.org/fhir/StructureDefinition/elementdefinition-namespace',
  'http://hl7.org/fhir/tools/StructureDefinition/xml-namespace',
]);

export function logicalModels(definitions: readonly StructureDefinition[]): Map<string, LogicalModel> {
  const byUrl = new Map(definitions.map((it) => [it.url ?? '', it]));
  const resolve = typeCodes(byUrl);
  return new Map(definitions.map((it) => [it.url ?? '', logicalModel(it, byUrl, resolve)]));
}

function logicalModel(
  definition: StructureDefinition,
  byUrl: ReadonlyMap<string, StructureDefinition>,
  resolve: TypeCode,
): LogicalModel {
  const url = definition.url ?? '';
  const elements = elementsOf(definition, byUrl);
  const root = rootOf(definition);
  const typeOf = (path: string): string => (path === root ? url : `${url}#${path}`);
  const members = new Map<string, ElementModel[]>([[url, []]]);
  const representations = new Map<string, Map<string, readonly Representation[]>>();
  const parents = parentPaths(elements);
  for (const element of elements.slice(1)) {
    const path = element.path ?? '';
    const cut = path.lastIndexOf('.');
    const [owner, name] = [typeOf(path.slice(0, cut)), path.slice(cut + 1).replace('[x]', '')];
    // what a map writes there would change the objects of the whole process
    if (name === '__proto__') continue;
    const backbone = parents.has(path);
    const list = members.get(owner) ?? [];
    members.set(owner, list);
    list.push(
      elementModel(
        element,
        name,
        backbone ? [typeOf(path)] : elementTypes(element, typeOf, resolve, (it) => byUrl.has(it)),
      ),
    );
    if (backbone) members.set(typeOf(path), []);
    if (element.representation) {
      const ofOwner = representations.get(owner) ?? new Map();
      representations.set(owner, ofOwner.set(name, element.representation as Representation[]));
    }
  }
  const namespace = [...(definition.extension ?? []), ...(elements[0]?.extension ?? [])].find((it) =>
    namespaceExtensions.has(it.url),
  )?.valueUri;
  const types = new Map([...members].map(([name, list]) => [name, typeModelOf(name, list, definition)]));
  const { version } = definition;
  return {
    url,
    name: root,
    ...(version ? { version } : {}),
    ...(namespace ? { namespace } : {}),
    types,
    representations,
  };
}

/** Every path that another path continues, also over a level that has no element of its own. */
function parentPaths(elements: readonly ElementDefinition[]): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const { path = '' } of elements)
    for (let cut = path.lastIndexOf('.'); cut > 0; cut = path.lastIndexOf('.', cut - 1)) {
      const parent = path.slice(0, cut);
      if (parents.has(parent)) break;
      parents.add(parent);
    }
  return parents;
}

type TypeCode = (code: string) => string;

/** A type code is the url of a definition, or its type or name. A constraint has the type of its base: only its name is its own. */
function typeCodes(byUrl: ReadonlyMap<string, StructureDefinition>): TypeCode {
  const own = [...byUrl].filter(([, { derivation }]) => derivation !== 'constraint');
  const byName = new Map([
    ...[...byUrl].map(([url, { name }]) => [name, url] as const),
    ...own.flatMap(([url, { type, name }]) => [[type, url] as const, [name, url] as const]),
  ]);
  return (code) => {
    if (code.startsWith(systemPrefix)) return systemTypes[code.slice(systemPrefix.length)] ?? code;
    if (byUrl.has(code)) return code;
    return typeModel(code) ? code : (byName.get(code) ?? code);
  };
}

function elementTypes(
  element: ElementDefinition,
  typeOf: (path: string) => string,
  resolve: TypeCode,
  isModel: (url: string) => boolean,
): string[] {
  if (element.contentReference) return [typeOf(element.contentReference.replace(/^.*#/, ''))];
  return (element.type ?? []).map(({ code = '', profile = [] }) => {
    const narrowed = profile.length === 1 ? bareUrl(profile[0]!) : '';
    const type = resolve(narrowed);
    return type.includes('/') && isModel(type) ? type : resolve(code);
  });
}

const systemPrefix = 'http://hl7.org/fhirpath/System.';
const systemTypes: Readonly<Record<string, string>> = {
  String: 'string',
  Boolean: 'boolean',
  Integer: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
  Time: 'time',
};

const elementModel = (element: ElementDefinition, name: string, types: readonly string[]): ElementModel => ({
  name,
  types,
  array: element.max !== '1' && element.max !== '0',
  choice: element.path?.endsWith('[x]') === true,
  attribute: element.representation?.includes('xmlAttr') === true,
  summary: false,
  mandatory: false,
});

function typeModelOf(name: string, list: readonly ElementModel[], definition: StructureDefinition): TypeModel {
  const properties = list.flatMap((element) =>
    element.types.map(
      (type) => [element.choice ? element.name + upperFirst(type) : element.name, { element, type }] as const,
    ),
  );
  const base = definition.baseDefinition;
  const nested = name.includes('#');
  return {
    name,
    ...(base && !nested ? { base: bareUrl(base) } : {}),
    kind: nested ? 'backbone' : 'complex-type',
    // A part of an abstract model is made like any other: only its root waits for a derived model.
    abstract: !nested && definition.abstract === true,
    elements: new Map(list.map((it) => [it.name, it])),
    properties: new Map(properties),
  };
}
