import { type CheckedFile, type Path, pathText } from '../../definitions/checked-yaml.ts';
import type { ZgwTarget } from '../../delivery/channel/zgw/settings.ts';
import { bsn } from '../../fhir/identifier.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { DirectoryOrganization } from '../../routing/index.ts';
import { rejectionReasons } from '../../workflow/index.ts';
import type { Partner } from '../network.ts';
import type { PartnersFile } from './network-files.ts';
import type { TargetFile, ZgwFile } from './zgw-file.ts';

const targetOf = ({ task, reason }: TargetFile): ZgwTarget => ({ task, ...(reason ? { reason } : {}) });

const rootOf = (url: string): string => url.replace(/\/+$/, '');

export const zgwOf = (it: ZgwFile): Pick<Partner, 'destination' | 'deliveryTokenFrom' | 'callbackSecretFrom'> => ({
  deliveryTokenFrom: it['secret-from'],
  callbackSecretFrom: it['callback-secret-from'],
  destination: {
    kind: 'zgw',
    zaken: rootOf(it.zaken),
    documenten: rootOf(it.documenten),
    ...(it.notificaties ? { notificaties: rootOf(it.notificaties) } : {}),
    clientId: it['client-id'],
    rsin: it.rsin,
    register: it.register ?? 'step-by-step',
    numbering: it.numbering ?? 'gateway',
    catchUpMinutes: it['catch-up-minutes'] ?? 60,
    zaaktypen: it.zaaktypen.map(({ url, first, withdrawn, statuses, results = [] }) => ({
      url,
      ...(first ? { first } : {}),
      ...(withdrawn ? { withdrawn } : {}),
      statuses: Object.fromEntries(statuses.map((at) => [at.statustype, targetOf(at)])),
      results: Object.fromEntries(results.map((at) => [at.resultaattype, targetOf(at)])),
    })),
  },
});

/** Settings that fit the schema and would fail at the first request. */
export function zgwIssues(
  { value, file, placeOf }: CheckedFile<PartnersFile>,
  organizations: ReadonlyMap<string, DirectoryOrganization>,
): readonly Issue[] {
  const at = (path: Path) => placeOf(path);
  return value.partners.flatMap(({ id, organization, zgw }, index) => {
    if (!zgw) return [];
    const of = (...path: Path) => ['partners', index, ...path];
    const invalid = (path: Path, wanted: string) =>
      issue('config-value-invalid', { file, path: pathText(path), wanted }, at(path));
    const unfit =
      (organizations.get(organization)?.domain ?? 'social') !== 'social'
        ? [
            issue(
              'partner-channel-unsuitable',
              { file, partner: id, channel: 'zgw', carries: 'social-request' },
              at(of('channel')),
            ),
          ]
        : [];
    const rsin = isRsin(zgw.rsin) ? [] : [invalid(of('zgw', 'rsin'), 'an RSIN that passes the elfproef')];
    const first =
      zgw.register === 'all-in-one'
        ? zgw.zaaktypen.flatMap((it, n) =>
            it.first ? [] : [invalid(of('zgw', 'zaaktypen', n), 'first, which zaak_registreren requires')],
          )
        : [];
    const ofTypes = zgw.zaaktypen.flatMap(({ url, statuses, results = [] }, n) => {
      const type = of('zgw', 'zaaktypen', n);
      const targets: readonly (readonly [Path, string, TargetFile])[] = [
        ...statuses.map((it, m) => [[...type, 'statuses', m], it.statustype, it] as const),
        ...results.map((it, m) => [[...type, 'results', m], it.resultaattype, it] as const),
      ];
      const seen = new Set<string>();
      const repeats = zgw.zaaktypen.findIndex((it) => it.url === url) !== n;
      return [
        ...(repeats ? [issue('config-duplicate', { file, path: pathText(type), name: url }, at(type))] : []),
        ...targets.flatMap(([path, name, { task, reason }]) => {
          const again = seen.has(name);
          seen.add(name);
          return [
            ...(again ? [issue('config-duplicate', { file, path: pathText(path), name }, at(path))] : []),
            ...(task === 'rejected' && !reasons.includes(reason ?? '')
              ? [invalid([...path, 'reason'], reasons.join(', '))]
              : []),
          ];
        }),
      ];
    });
    return [...unfit, ...rsin, ...first, ...ofTypes];
  });
}

/** `alternative-proposed` needs an alternative, which a zaak does not name. */
const reasons: readonly string[] = rejectionReasons.filter((it) => it !== 'alternative-proposed');

/** The elfproef of a BSN. */
const isRsin = (text: string): boolean => bsn(text) !== undefined;
