import type { Bundle } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '../../src/directory/index.ts';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { assign, compileRoutes, explainDecision, type Routes, route } from '../../src/routing/index.ts';
import { caseInput, demoNetwork, demoRoutes, sound } from '../support/routing/demo-network.ts';

const now = new Date('2026-11-22T10:00:00Z');
let network: Network;
let routes: Routes;
beforeAll(async () => {
  network = await demoNetwork();
  routes = demoRoutes(network);
});

const decide = (graph: Bundle, rules = routes) =>
  route(rules, network.directory, { graph, source: 'gateway-profile', sender: 'gp-de-linde', now });

describe('a decision', () => {
  test('is the same from the same referral, rules and directory', () => {
    const graph = caseInput('municipality-zonnerveen');
    expect(JSON.stringify(decide(graph))).toBe(JSON.stringify(decide(structuredClone(graph))));
    expect(decide(graph)).toMatchObject({ configuration: routes.digest, directory: network.directory.digest });
  });

  test('never drops a referral: it has an owner, or the sender gets the reason', () => {
    const referral = fc.record({
      postcode: fc.oneof(fc.constantFrom('1283AB', '1295 hj', '9999ZZ', '', '12'), fc.string()),
      owner: fc.option(
        fc.oneof(
          fc.constantFrom(...network.directory.services.map((it) => it.reference)),
          fc.constantFrom(...network.directory.organizations.map((it) => it.reference)),
          fc.string(),
        ),
        { nil: undefined },
      ),
      useCase: fc.oneof(
        fc.constantFrom('registration', 'transfer', 'social-request', 'case-consultation', 'feedback'),
        fc.string(),
      ),
      requester: fc.option(fc.constantFrom('PractitionerRole/gp', 'Patient/person', 'Practitioner/nobody'), {
        nil: undefined,
      }),
      source: fc.constantFrom('gateway-profile' as const, 'mapped' as const),
      sender: fc.option(fc.constantFrom(...network.partners.keys()), { nil: undefined }),
    });
    fc.assert(
      fc.property(referral, ({ postcode, owner, useCase, requester, source, sender }) => {
        const graph: Bundle = caseInput('municipality-zonnerveen');
        for (const { resource } of graph.entry ?? []) {
          if (resource?.resourceType === 'Patient') resource.address = [{ postalCode: postcode }];
          if (resource?.resourceType === 'ServiceRequest')
            resource.category = [{ coding: [{ system: mgnCodeSystem('use-case'), code: useCase }] }];
          if (resource?.resourceType !== 'Task') continue;
          if (owner !== undefined) resource.owner = { reference: owner };
          if (requester) resource.requester = { reference: requester };
          else delete resource.requester;
        }
        const question = { graph, source, now, ...(sender ? { sender } : {}) };
        const decision = route(routes, network.directory, question);
        if (decision.kind === 'refused')
          return decision.issues.length > 0 && decision.issues.every((it) => it.severity === 'error');
        const service = network.directory.service(decision.owner.reference);
        return (
          service?.active === true &&
          decision.rules.at(-1)?.outcome === 'decided' &&
          decision.warnings.every((it) => it.severity === 'warning') &&
          (decision.kind === 'assigned' || decision.owner.reference === network.directory.registrationTeam)
        );
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });

  test('is readable without knowledge of the rules', () => {
    const decision = decide(caseInput('municipality-lissenmond'));
    expect(explainDecision(decision, 'en').slice(0, 5)).toEqual([
      'Kind of request: registration for an exploratory conversation',
      'Goes to Verkennend gesprek Lissenmond',
      'Because: The person lives in Lissenmond, where Verkennend gesprek Lissenmond conducts the exploratory conversations. (rule municipality-team)',
      'Rules, in order, up to the deciding one:',
      '  1. named-owner-unknown: skipped: requires that the receiver named by the sender is unknown to the directory; found: nobody',
    ]);
    expect(explainDecision(decision, 'nl')).toEqual(
      expect.arrayContaining([
        '  5. minor: overgeslagen: vraagt dat de leeftijd van de persoon jonger dan 18 is; hier is dat 36 jaar',
        'Aanbod dat regel municipality-team heeft bekeken:',
        '  - Verkennend gesprek Zonnerveen: de persoon woont buiten het verzorgingsgebied',
      ]),
    );
    expect(explainDecision(decide(caseInput('owner-unknown')), 'nl').slice(1, 3)).toEqual([
      'Geweigerd',
      'Omdat: De Task noemt een eigenaar die niet in de adreslijst van dit netwerk staat. (regel named-owner-unknown)',
    ]);
  });

  test('states the age of each value, and the services to choose from', () => {
    const decision = decide(caseInput('transfer-too-far'));
    expect(explainDecision(decision, 'nl')).toEqual(
      expect.arrayContaining([
        'Gaat, om door mensen te worden beslist, naar Aanmeldteam Veen en Mond',
        '  Verslavingszorg Keerpunt',
        '  - Verslavingszorg Keerpunt: ligt 17,8 km van de postcode van de persoon, verder dan 15 km',
        '  3. transfer-own-language: overgeslagen: vraagt dat de taal van de persoon een andere dan Nederlands is; hier is dat niet verteld',
      ]),
    );
    const [, looked] = decision.candidates;
    expect(looked).toMatchObject({
      kept: true,
      rank: 1,
      measured: { kilometres: 17.8, wait: { intakeWeeks: 2, measuredOn: '2026-11-02', days: 20, stale: false } },
    });
    if (decision.kind === 'refused') throw new Error('people decide');
    const task = assign(caseInput('transfer-too-far'), decision).entry?.find(
      ({ resource }) => resource?.resourceType === 'Task',
    )?.resource;
    expect(task?.resourceType === 'Task' && task.input?.at(-1)?.valueReference?.reference).toBe(
      'HealthcareService/addiction-care-keerpunt',
    );
  });

  test('of an urgent referral tells the sender which service to call', () => {
    const decision = decide(caseInput('urgent'));
    expect(decision.warnings.map((it) => it.message)).toEqual([
      'The referral is urgent, and a message is not enough: call Verkennend gesprek Zonnerveen (088 999 0101) now. Call 112 if life is in danger.',
    ]);
  });
});

test('a network that does not take a referral says its own reason, in both languages', () => {
  const text = `
routes:
  registration:
    - id: closed
      then: { refuse: route-refused }
      reason: { en: We are closed in August., nl: In augustus zijn we dicht. }
`;
  const decision = decide(
    caseInput('municipality-zonnerveen'),
    sound(compileRoutes(text, 'routes.yaml', network.directory)),
  );
  expect(decision.kind === 'refused' && decision.issues.map(({ message, dutch }) => [message, dutch])).toEqual([
    [
      'This network does not accept this referral (rule closed): We are closed in August.',
      'Dit netwerk neemt deze verwijzing niet aan (regel closed): In augustus zijn we dicht.',
    ],
  ]);
});

describe('conditions in FHIRPath', () => {
  const compiled = (fhirpath: string) => {
    const text = `
routes:
  registration:
    - id: asked
      when: { fhirpath: ${JSON.stringify(fhirpath)} }
      then: { owner: HealthcareService/specialist-ggz-horizonland }
      reason: { en: Because it was asked, nl: Omdat het is gevraagd }
    - id: last
      then: { ask: human }
      reason: { en: Nobody takes it, nl: Niemand neemt het }
`;
    return sound(compileRoutes(text, 'routes.yaml', network.directory));
  };

  test.each([
    ["entry.resource.ofType(Condition).code.coding.where(code.startsWith('P')).exists()", 'asked'],
    ["entry.resource.ofType(Condition).code.coding.where(code.startsWith('A')).exists()", 'last'],
    ["%municipality = '9901' and %urgent = false", 'asked'],
    // a day against a moment of that day has no answer, and a rule without an answer does not decide
    ['@2026-11-30 > @2026-11-30T12:00:00Z', 'last'],
  ])('%s', (expression, rule) => {
    expect(decide(caseInput('municipality-zonnerveen'), compiled(expression)).rule).toBe(rule);
  });

  test('a condition of which no operand can be compared is refused when it is compiled', () => {
    expect(() => compiled("1 > 'a'")).toThrow(
      /cannot be compiled: > does not apply to System.Integer and System.String/,
    );
  });
});

describe('the graph after the decision', () => {
  const taskOf = (graph: Bundle) => graph.entry?.map((it) => it.resource).find((it) => it?.resourceType === 'Task');
  const assigned = (name: string, source: 'gateway-profile' | 'mapped' = 'gateway-profile') => {
    const graph = caseInput(name);
    const decision = route(routes, network.directory, { graph, source, sender: 'gp-de-linde', now });
    if (decision.kind === 'refused') throw new Error(decision.rule);
    return { before: taskOf(graph), after: taskOf(assign(graph, decision)) };
  };

  test('has the chosen service as owner of its Task, and all else as it was', () => {
    const { before, after } = assigned('municipality-zonnerveen');
    expect(after?.owner).toMatchObject({
      reference: 'HealthcareService/conversation-zonnerveen',
      type: 'HealthcareService',
      identifier: { value: '002' },
      display: 'Verkennend gesprek Zonnerveen',
    });
    expect({ ...after, owner: undefined }).toEqual({ ...before, owner: undefined });
  });

  test('states that a human has to decide, and the owner named by the sender', () => {
    const { before, after } = assigned('mapped-owner-no-member', 'mapped');
    expect(after?.businessStatus?.coding?.[0]).toMatchObject({ code: 'human-decision' });
    expect(after?.input?.map((it) => it.valueReference)).toEqual([{ reference: 'Organization/practice' }]);
    expect(after?.requester).toEqual(before?.requester);
  });
});
