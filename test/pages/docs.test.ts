import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpRoutes } from '../../src/http/http-routes.ts';
import { anchorsOfPage, documentsIn } from '../../src/pages/docs/documents.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

/** The documentation of the gateway under /docs: for anybody, of this version, with links that lead somewhere. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const folder = join(import.meta.dirname, '../../docs');
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((it) => it.endsWith('.md'))
  .map((it) => it.slice(0, -'.md'.length))
  .filter((it) => it !== 'README');

const page = async (address: string) => {
  const { status, text } = await gateway.ask('GET', address);
  return { status, text };
};

const linksIn = (text: string): readonly string[] => [...text.matchAll(/<a href="([^"]*)"/g)].map(([, it]) => it!);
const idsIn = (text: string): ReadonlySet<string> => new Set([...text.matchAll(/ id="([^"]*)"/g)].map(([, it]) => it!));

describe('the pages of the documentation', () => {
  test.each(['', ...names.map((it) => `/${it}`)])(
    '/docs%s is served, and each of its links leads to a page and a heading that exist',
    async (name) => {
      const { status, text } = await page(`/docs${name}`);
      expect(status).toBe(200);
      expect(text).not.toMatch(/\[[^\]]*\]\([^)]*\)|<script>|\son[a-z]+=/);
      for (const link of linksIn(text)) {
        if (!link.startsWith('/docs') && !link.startsWith('#')) continue;
        const [address = '', anchor] = link.split('#');
        const target = address ? await page(address) : { status, text };
        expect(target.status, link).toBe(200);
        if (anchor && anchor !== 'content') expect(idsIn(target.text).has(anchor), `${link} of ${name}`).toBe(true);
      }
    },
  );

  test.each([
    '/docs/nothing',
    '/docs/guide/nothing',
    '/docs/..%2fpackage',
    '/docs/guide/..%2f..%2fREADME',
    '/docs/__proto__',
    '/docs/definitions/StructureDefinition/nothing',
    '/docs/definitions/Patient/mgn-patient',
    '/docs/definitions/constructor/x',
  ])('%s is not found', async (address) => expect((await page(address)).status).toBe(404));

  test('what is searched is found by heading and by text, under its heading', async () => {
    const { text } = await page('/docs?q=retention+terms+of+the+network&lang=en');
    expect(linksIn(text).filter((it) => /^\/docs\/\w+\/\w/.test(it)).length).toBeGreaterThan(0);
    expect((await page('/docs?q=xylophone-quartet&lang=en')).text).toContain('Nothing found');
    const heading = await page('/docs?q=a+first+network&lang=en');
    expect(linksIn(heading.text).find((it) => it.startsWith('/docs/operate/'))).toBeDefined();
  });

  test('what is searched is escaped', async () => {
    const { text } = await page(`/docs?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(text).not.toContain('<script>alert');
  });
});

test('a heading that occurs twice has two anchors, and a search names the right one', () => {
  const anchor = anchorsOfPage();
  expect(['One `way`', 'Two', 'One way'].map(anchor)).toEqual(['one-way', 'two', 'one-way-1']);
  const documents = documentsIn(folder);
  for (const name of documents.names) {
    const document = documents.read(name)!;
    const anchors = documents.search(document.title, 10_000).filter((it) => it.document === document);
    expect(new Set(anchors.map((it) => it.anchor)).size).toBe(anchors.length);
  }
  expect(documentsIn('/nowhere').names).toEqual([]);
});

describe('the definitions', () => {
  test('are listed by type, and each has a page with its elements or codes', async () => {
    const { text } = await page('/docs/definitions?lang=en');
    const links = linksIn(text).filter((it) => it.startsWith('/docs/definitions/'));
    expect(links.length).toBeGreaterThan(80);
    for (const link of links) {
      const one = await page(link);
      expect(one.status, link).toBe(200);
      for (const other of linksIn(one.text).filter((it) => it.startsWith('/docs/definitions/')))
        expect(links, `${other} of ${link}`).toContain(other.split('?')[0]);
    }
  });

  test('a profile shows what it adds, or all elements', async () => {
    const address = '/docs/definitions/StructureDefinition/mgn-referral-bundle';
    const [own, whole] = [await page(address), await page(`${address}?elements=all`)];
    expect(own.text).toContain('De focus van de Task is de ServiceRequest van deze Bundle.');
    expect((await page(`${address}?lang=en`)).text).toContain(
      'The focus of the Task is the ServiceRequest of this Bundle.',
    );
    const rows = (text: string) => [...text.matchAll(/class="depth-/g)].length;
    expect(rows(own.text)).toBeGreaterThan(10);
    expect(rows(whole.text)).toBeGreaterThan(10 * rows(own.text));
  });

  test('a code is shown in the language of the reader', async () => {
    const address = '/docs/definitions/CodeSystem/mgn-use-case';
    expect((await page(address)).text).toContain('Aanmelding voor een verkennend gesprek');
    expect((await page(`${address}?lang=en`)).text).toContain('Registration for an exploratory conversation');
  });
});

describe('the OpenAPI description', () => {
  type Operation = { readonly operationId: string; readonly parameters?: readonly { readonly name: string }[] };
  const description = async () =>
    JSON.parse((await page('/docs/openapi.json')).text) as {
      readonly paths: Record<string, Record<string, Operation>>;
    };

  test('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(await description());
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  test('has each route for programs once, with its parameters, and no page', async () => {
    const { paths } = await description();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((it) => `${it.toUpperCase()} ${path}`),
    );
    const routes = httpRoutes.flatMap(({ methods, path }) =>
      methods.map((it) => `${it} ${path.replace(/:(\w+)/g, '{$1}')}`),
    );
    for (const it of described) expect(routes).toContain(it);
    expect(described).toContain('POST /fhir/ServiceRequest/{id}/$transition');
    expect(described.filter((it) => /docs|inbox|assets|login/.test(it))).toEqual([]);
    const operations = Object.values(paths).flatMap((it) => Object.values(it));
    expect(new Set(operations.map((it) => it.operationId)).size).toBe(operations.length);
    expect(paths['/fhir/Task']!.get!.parameters!.map(({ name }) => name)).toContain('status');
  });
});
