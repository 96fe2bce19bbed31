import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { referralText } from '../support/exchange/example-referral.ts';
import { metricNamesIn, samplesIn } from '../support/observe/exposition.ts';
import { startGateway } from '../support/test-gateway.ts';

/** deploy/monitoring, held against what a gateway has. */
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'deploy/monitoring');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

type Rule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: { readonly summary?: string; readonly remedy?: string };
};
const rules = (parse(textOf('deploy/monitoring/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const recorded = new Set(rules.flatMap(({ record }) => record ?? []));

type Panel = { readonly targets?: readonly { readonly expr: string }[] };
const dashboard = JSON.parse(textOf('deploy/monitoring/dashboard.json')) as { readonly panels: readonly Panel[] };
const shown = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

let exposed: ReadonlySet<string>;
let labels: ReadonlyMap<string, ReadonlySet<string>>;
beforeAll(async () => {
  const gateway = await startGateway();
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: referralText });
  await gateway.ask('POST', '/fhir', { as: 'gp-de-linde', body: '{' });
  const { text } = await gateway.ask('GET', '/metrics', { as: 'operator' });
  await gateway.stop();
  exposed = new Set(metricNamesIn(text));
  const found = new Map<string, Set<string>>();
  for (const it of samplesIn(text)) {
    const known = found.get(it.name) ?? new Set();
    found.set(it.name, known);
    for (const label of Object.keys(it.labels)) known.add(label);
  }
  labels = found;
});

const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:mgn_[a-z0-9_]+|mgn:[a-z0-9_:]+|process_[a-z_]+)\b/g)].map(([name]) => name);
const baseOf = (name: string): string => name.replace(/_(?:bucket|sum|count)$/, '');
const exists = (name: string): boolean => recorded.has(name) || exposed.has(name) || exposed.has(baseOf(name));

test('every metric that an alert or a panel names is one that a gateway has, with the labels that select it', () => {
  const expressions = [...rules.map(({ expr }) => expr), ...shown];
  const named = expressions.flatMap(metricsIn);
  expect(named.length).toBeGreaterThan(60);
  expect([...new Set(named)].filter((name) => !exists(name))).toEqual([]);
  for (const expression of expressions)
    for (const [, name = '', selection = ''] of expression.matchAll(/\b(mgn_[a-z0-9_]+)\{([^}]*)\}/g)) {
      const known = labels.get(name);
      if (!known) continue; // nothing of it happened here
      for (const [, label = ''] of selection.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g))
        expect([...known, 'instance', 'job'], `${name}{${label}}`).toContain(label);
    }
});

test('every metric is on the dashboard or in an alert, and on the page of the operator', () => {
  const used = new Set([...rules.map(({ expr }) => expr), ...shown].flatMap(metricsIn).map(baseOf));
  const notShown = [...exposed].filter((name) => !used.has(name) && name !== 'process_start_time_seconds');
  expect(notShown).toEqual([]);
  const page = textOf('docs/operate/monitoring.md');
  expect([...exposed].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  const onPage = [...page.matchAll(/^\| `((?:mgn|process)_[a-z_]+)`/gm)].map(([, name]) => name!);
  expect(onPage.filter((name) => !exposed.has(name))).toEqual([]);
});

test('every alert says what happens to people or to the gateway, how urgent it is, and where to read on', () => {
  for (const { alert, labels: { severity } = {}, annotations: { summary, remedy = '' } = {} } of alerts) {
    expect(['page', 'ticket', 'information'], alert).toContain(severity);
    expect(summary?.length, alert).toBeGreaterThan(30);
    const [file = '', anchor] = remedy.split('#');
    expect(existsSync(join(root, file)), `${alert}: ${file}`).toBe(true);
    const headings = [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    );
    if (anchor) expect(headings, `${alert}: ${remedy}`).toContain(anchor);
  }
  expect(alerts.map(({ alert }) => alert)).toEqual(
    expect.arrayContaining([
      ...[
        'AllowedFailuresHalf',
        'AllowedFailuresSeventyPercent',
        'AllowedFailuresNinetyPercent',
        'AllowedFailuresSpent',
      ],
      ...['ReferralPassesItsDeadlineTonight', 'DeliveryIsGivenUpTonight'],
    ]),
  );
});

const tests = ['alerts.test.yaml', 'promises.test.yaml'];

const promtool = (...given: readonly string[]) => spawnSync('promtool', given, { cwd: folder, encoding: 'utf8' });
const isAbsent = promtool('--version').error !== undefined;

describe.skipIf(isAbsent)(
  `promtool${isAbsent ? ': not installed here (Debian: apt-get install prometheus)' : ''}`,
  () => {
    test('finds no mistake in the rules', () => {
      const { status, stdout, stderr } = promtool('check', 'rules', 'alerts.yaml');
      expect(status, stdout + stderr).toBe(0);
      expect(stdout).toContain(`${rules.length} rules found`);
    });

    test('finds that each alert fires when it should, and not before; each is tested', () => {
      const { status, stdout, stderr } = promtool('test', 'rules', ...tests);
      expect(status, stdout + stderr).toBe(0);
      const tested = tests.map((file) => textOf(`deploy/monitoring/${file}`)).join('');
      expect(alerts.filter(({ alert }) => !tested.includes(`alertname: ${alert}\n        exp_alerts:\n`))).toEqual([]);
    });

    test('reads the scrape configuration', () => {
      const { status, stdout, stderr } = promtool('check', 'config', '--syntax-only', 'prometheus.yaml');
      expect(status, stdout + stderr).toBe(0);
    });
  },
);
