import type { ZgwMove, ZgwSettings } from '../../delivery/channel/zgw/settings.ts';

/** `zgw` of a partner in partners.yaml, as written. */
export type ZgwFile = {
  readonly zaken: string;
  readonly documenten: string;
  readonly notificaties?: string;
  readonly 'client-id': string;
  readonly 'secret-from': string;
  readonly 'callback-secret-from': string;
  readonly rsin: string;
  readonly register?: ZgwSettings['register'];
  readonly numbering?: ZgwSettings['numbering'];
  readonly 'catch-up-minutes'?: number;
  readonly zaaktypen: readonly {
    readonly url: string;
    readonly first?: string;
    readonly withdrawn?: { readonly statustype: string; readonly resultaattype?: string };
    readonly statuses: readonly ({ readonly statustype: string } & TargetFile)[];
    readonly results?: readonly ({ readonly resultaattype: string } & TargetFile)[];
  }[];
};

export type TargetFile = { readonly task: ZgwMove; readonly reason?: string };
