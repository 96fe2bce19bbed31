import { describe, expect, test } from 'vitest';
import { accessTokens, attempts, clientsOf, tokenEndpoint } from '../../src/access/index.ts';
import { issue } from '../../src/fhir/issue.ts';
import { failure } from '../../src/fhir/result.ts';

const now = new Date('2026-11-30T10:00:00Z');

describe('who asks for tokens cannot use up those of another client', () => {
  test('by claiming its name beside its own certificate', async () => {
    const uraOf: Readonly<Record<string, string>> = { linde: '99991111', veenzicht: '99992222' };
    const partners = Object.keys(uraOf).map((id) => ({
      id,
      roles: [],
      logins: [{ kind: 'certificate', clientId: id, scopes: 'system/*.rs' }],
    }));
    const endpoint = tokenEndpoint({
      clients: clientsOf(partners as never),
      keys: async () => [],
      once: async () => true,
      audience: 'https://gateway.example/oauth2/token',
      tokens: accessTokens(() => new Uint8Array(32)),
      proofs: { verify: async () => failure(issue('login-proof-invalid', { problem: 'missing' })), nonce: () => '' },
      attempts: attempts(),
      presentations: async () => failure(issue('token-presentation-refused', { problem: 'no-client' })),
      namesOf: ({ id }) => [{ ura: uraOf[id]! }],
    });
    const ask = async (client: string, more: Readonly<Record<string, string>> = {}) => {
      const certificate = { kind: 'verified', thumbprint: client, names: [{ ura: uraOf[client]! }] } as const;
      const form = { grant_type: 'client_credentials', scope: 'system/Task.r', client_id: client, ...more };
      const request = { form: new URLSearchParams(form), certificate, address: '203.0.113.1' };
      return (await endpoint.grant(request, now)).kind;
    };
    const claim = `e30.${Buffer.from('{"iss":"veenzicht"}').toString('base64url')}.e30`;
    for (let n = 0; n < 120; n++) expect(await ask('linde', { assertion: claim })).toBe('granted');
    expect(await ask('veenzicht'), 'those of the other').toBe('granted');
    expect(await ask('linde', { assertion: claim }), 'its own are used up').toBe('refused');
  });

  test('by filling the windows in which refusals are counted, from however many addresses', () => {
    const it = attempts();
    for (let n = 0; n < 30_000; n++) it.noteRefused(`198.51.${n >> 8}.${n & 255}`, `nobody-${n}`, now);
    expect(it.secondsToWait('203.0.113.1', 'linde', now)).toBeUndefined();
    expect(it.takeGrant('linde', now)).toBeUndefined();
  });

  test('by many addresses of one IPv6 network, which is counted as one', () => {
    const it = attempts();
    for (let n = 0; n < 600; n++) it.noteRefused(`2001:db8:1:2::${n.toString(16)}`, `nobody-${n}`, now);
    expect(it.secondsToWait('2001:db8:1:2:ffff::1', 'linde', now)).toBe(60);
    expect(it.secondsToWait('2001:db8:1:3::1', 'linde', now)).toBeUndefined();
  });
});

test('a window of refusals ends after a minute', () => {
  const it = attempts();
  for (let n = 0; n < 60; n++) it.noteRefused('203.0.113.1', 'linde', now);
  const after = (seconds: number) =>
    it.secondsToWait('203.0.113.1', 'linde', new Date(now.getTime() + seconds * 1_000));
  expect([after(0), after(59), after(60)]).toEqual([60, 1, undefined]);
});
