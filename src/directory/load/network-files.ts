import { readFile } from 'node:fs/promises';
import type { ConsentSourceFile } from '../../consent-source/index.ts';
import { type CheckedFile, readChecked } from '../../definitions/checked-yaml.ts';
import type { ChannelName } from '../../delivery/channel/destination.ts';
import type { FileSettings } from '../../delivery/channel/file/settings.ts';
import type { Hl7Settings } from '../../delivery/channel/hl7v2/settings.ts';
import type { MailSettings } from '../../delivery/channel/mail/settings.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result } from '../../fhir/result.ts';
import type { TerminologyFile } from '../../terminology/index.ts';
import type { CertificateName } from '../login/login.ts';
import type { Role } from '../network.ts';
import type { DeliveryFile } from './delivery-file.ts';
import type { LoginFile, PresentationsFile } from './login-file.ts';
import type { PeopleFile } from './people-file.ts';
import networkSchema from './schemas/network.json' with { type: 'json' };
import partnersSchema from './schemas/partners.json' with { type: 'json' };
import placesSchema from './schemas/places.json' with { type: 'json' };
import type { WatchdogFile } from './watchdog-file.ts';
import type { ZgwFile } from './zgw-file.ts';

/** network.yaml as written. */
export type NetworkFile = {
  readonly name: string;
  readonly region: string;
  readonly timezone: string;
  readonly 'base-url': string;
  readonly organization: string;
  readonly 'registration-team': string;
  readonly intake?: { readonly 'warn-only'?: readonly { readonly constraint: string; readonly reason: string }[] };
  readonly 'directory-sources'?: readonly {
    readonly id: string;
    readonly address: string;
    readonly 'token-from'?: string;
    readonly 'every-seconds'?: number;
    readonly 'largest-shrink'?: number;
    readonly members?: boolean;
  }[];
  readonly 'waiting-times'?: {
    readonly 'stale-after-days'?: number;
    readonly 'longest-weeks'?: number;
    readonly norm?: Readonly<Record<'intake-weeks' | 'treatment-weeks' | 'total-weeks', number>>;
  };
  readonly 'private-addresses'?: readonly { readonly host: string; readonly reason: string }[];
  readonly 'plain-http'?: readonly { readonly host: string; readonly reason: string }[];
  readonly limits?: {
    readonly 'body-bytes'?: number;
    readonly 'all-bodies-bytes'?: number;
    readonly 'body-seconds'?: number;
    readonly depth?: number;
    readonly 'dry-runs-per-minute'?: number;
    readonly 'waiting-deliveries'?: number;
    readonly 'event-loop-delay-ms'?: number;
    readonly 'requests-per-minute'?: number;
    readonly 'anonymous-requests-per-minute'?: number;
    readonly 'concurrent-requests'?: number;
    readonly 'concurrent-requests-per-partner'?: number;
  };
  readonly 'trusted-proxies'?: readonly string[];
  readonly delivery?: {
    readonly 'not-found-hours'?: number;
    readonly 'set-aside-after'?: number;
    readonly 'quarantine-after'?: number;
    readonly 'dead-letters-to'?: string;
    readonly lanes?: number;
  };
  readonly retention?: {
    readonly 'content-months'?: number;
    readonly 'audit-months'?: number;
    readonly 'refused-days'?: number;
  };
  readonly audit?: { readonly 'sign-minutes'?: number; readonly 'sign-entries'?: number };
  readonly monitoring?: { readonly 'token-from'?: string; readonly 'delivered-within-minutes'?: number };
  readonly reports?: { readonly period?: 'month' | 'quarter' | 'year'; readonly 'smallest-count'?: number };
  readonly notifications?: {
    readonly heartbeat?: { readonly minimum: number };
    readonly subscriptions?: readonly {
      readonly partner: string;
      readonly 'use-case': string;
      readonly endpoint: string;
      readonly content?: 'empty' | 'id-only';
      readonly heartbeat?: number;
    }[];
  };
  readonly cors?: { readonly origins: readonly string[] };
  readonly watchdog?: WatchdogFile;
  readonly people?: PeopleFile;
  readonly presentations?: PresentationsFile;
  readonly terminology?: TerminologyFile;
  readonly 'consent-source'?: ConsentSourceFile;
  readonly 'terminology-waivers'?: readonly {
    readonly 'value-set'?: string;
    readonly system?: string;
    readonly reason: string;
  }[];
};

/** partners.yaml as written. */
export type PartnersFile = {
  readonly partners: readonly {
    readonly id: string;
    readonly name: string;
    readonly organization: string;
    readonly roles: readonly Role[];
    readonly 'acts-for'?: readonly string[];
    readonly 'request-id'?: 'required' | 'from-message';
    readonly channel: ChannelName;
    readonly shape?: string;
    readonly zgw?: ZgwFile;
    readonly mail?: Omit<MailSettings, 'kind' | 'lostAnswer'> & {
      readonly 'password-from'?: string;
      readonly 'lost-answer'?: MailSettings['lostAnswer'];
    };
    readonly file?: Omit<FileSettings, 'kind'>;
    readonly hl7v2?: Omit<Hl7Settings, 'kind'>;
    /** `from-directory` is the default. */
    readonly address?: string;
    readonly 'notification-endpoints'?: readonly string[];
    readonly 'notification-token-from'?: string;
    readonly 'delivery-token-from'?: string;
    readonly 'delivery-lanes'?: number;
    readonly delivery?: DeliveryFile;
    readonly 'coordination-task'?: {
      readonly 'legal-basis': { readonly care?: string; readonly 'social-domain'?: string };
    };
    readonly login?: readonly LoginFile[];
    readonly certificates?: readonly CertificateName[];
    readonly tokens?: readonly { readonly sha256: string; readonly expires?: string; readonly comment: string }[];
  }[];
};

/** places.yaml as written; a range is `1281-1289` or `1281`. */
export type PlacesFile = {
  readonly municipalities: readonly {
    readonly code: string;
    readonly name: string;
    readonly postcodes: readonly string[];
  }[];
};

export const readNetworkFile = (path: string): Promise<Result<CheckedFile<NetworkFile>>> => read(path, networkSchema);
export const readPartnersFile = (path: string): Promise<Result<CheckedFile<PartnersFile>>> =>
  read(path, partnersSchema);
export const readPlacesFile = (path: string): Promise<Result<CheckedFile<PlacesFile>>> => read(path, placesSchema);

async function read<T>(path: string, schema: object): Promise<Result<CheckedFile<T>>> {
  const text = await readText(path);
  return text.ok ? readChecked<T>(text.value, path, schema) : text;
}

export async function readText(path: string): Promise<Result<string>> {
  try {
    return { ok: true, value: await readFile(path, 'utf8'), issues: [] };
  } catch (error) {
    return failure(
      issue('config-unreadable', { file: path, problem: (error as NodeJS.ErrnoException).code ?? 'error' }),
    );
  }
}
