import type { Partner, PartnerLogin } from '../../directory/index.ts';
import { operateScope, readScopes, type Scopes } from '../scopes.ts';

/** A client of OAuth: one login of a partner. */
export type Client = { readonly partner: Partner; readonly login: PartnerLogin; readonly permitted: Scopes };

/** The clients of the configuration by their id. */
export const clientsOf = (partners: Iterable<Partner>): ReadonlyMap<string, Client> =>
  new Map(
    [...partners].flatMap((partner) =>
      partner.logins.map((login) => {
        const operate = partner.roles.includes('operator') ? ` ${operateScope}` : '';
        return [login.clientId, { partner, login, permitted: readScopes(login.scopes + operate) }] as const;
      }),
    ),
  );
