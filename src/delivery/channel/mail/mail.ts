import { createTransport } from 'nodemailer';
import { type AddressRules, hostOf } from '../../../outbound/address.ts';
import { mayBePlain, openSocket } from '../../../outbound/socket.ts';
import type { DeliverySettings } from '../../settings.ts';
import type { AttemptResult, Channel } from '../channel.ts';
import { classifyError } from '../classify.ts';
import type { MailSettings } from './settings.ts';

/** The whole text: the same for every message, so that neither a mailbox nor a mail server learns about whom it is. */
const textOf = ({ link }: MailSettings): string =>
  `Er staat een bericht voor u klaar. Log in om het te lezen:\n${link}\n\nDeze mail bevat geen gegevens over personen. U kunt hem niet beantwoorden.\n\nA message is waiting for you. Log in to read it at the address above.\n`;

/**
 * Mail without content: that there is something to read, and where. Nothing of the dispatch is in it but its id, as Message-ID:
 * a mail that is sent again, because the answer of the server was lost, is the same one for the mailbox (RFC 5322, 3.6.4).
 */
export function openMail(settings: DeliverySettings, rules: () => AddressRules | undefined): Channel {
  return {
    send: async (dispatch, { destination, token, timeout = settings.timeout }, now, cut) => {
      if (destination?.kind !== 'mail') return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
      const { server, user, from, to, lostAnswer } = destination;
      const wrong = isOneMailbox(from) ? (isOneMailbox(to) ? undefined : 'to') : 'from';
      if (wrong) return { kind: 'retry', reason: { rule: 'mail-address-invalid', detail: wrong } };
      const { hostname, port, protocol } = new URL(server);
      const host = hostOf({ hostname });
      const secure = protocol === 'smtps:';
      let connection: Awaited<ReturnType<typeof openSocket>>;
      try {
        const at = { host, port: Number(port) || (secure ? 465 : 587), rules, timeout, cut };
        connection = await openSocket(at);
      } catch (error) {
        return classifyError(error);
      }
      const transport = createTransport({
        host,
        secure,
        requireTLS: !mayBePlain(hostname, rules()),
        ...(user !== undefined && token !== undefined ? { auth: { user, pass: token } } : {}),
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        // nothing is read from files or addresses
        disableFileAccess: true,
        disableUrlAccess: true,
        getSocket: (_, callback) => callback(null, { connection }),
      });
      // from here on the server may have the mail
      let isWhole = false;
      transport.use('stream', ({ message }, done) => {
        const create = message.createReadStream.bind(message);
        message.createReadStream = (options) =>
          create(options).on('end', () => {
            isWhole = true;
          });
        done();
      });
      const interrupt = () => connection.destroy();
      cut.addEventListener('abort', interrupt);
      // replies are lines; a server that sends without end would fill the memory until the timeout
      const bounded = setInterval(() => {
        if (connection.bytesRead > settings.maximumAnswer) interrupt();
      }, 20);
      try {
        await transport.sendMail({
          from,
          to,
          subject: 'Er staat een bericht voor u klaar',
          text: textOf(destination),
          messageId: `<${dispatch.id}@${from.split('@').at(-1)?.replace(/>.*$/, '')}>`,
          date: now(),
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { kind: 'delivered' };
      } catch (error) {
        return isWhole && !isReply(error) ? undecided(lostAnswer) : verdictOf(error);
      } finally {
        clearInterval(bounded);
        cut.removeEventListener('abort', interrupt);
        transport.close();
        connection.destroy();
      }
    },
    close: async () => {},
  };
}

/** One address, with or without a name before it: a line or an address more would be another recipient. */
const isOneMailbox = (text: string): boolean => !/[\p{Cc},;]/u.test(text) && text.split('@').length === 2;

const isReply = (error: unknown): boolean =>
  typeof (error as { readonly responseCode?: unknown } | null)?.responseCode === 'number';

/** It was sent whole and not answered: a mail server cannot be asked whether it has it. */
const undecided = (lostAnswer: MailSettings['lostAnswer']): AttemptResult => ({
  kind: lostAnswer === 'decide' ? 'refused' : 'retry',
  reason: { rule: 'mail-undecided' },
});

/** By the code of the reply (RFC 5321, 4.2); its words are not read. */
function verdictOf(error: unknown): AttemptResult {
  const { responseCode, code } = (error ?? {}) as { readonly responseCode?: unknown; readonly code?: unknown };
  if (code === 'EAUTH') return { kind: 'retry', reason: { rule: 'receiver-credentials-rejected', detail: 'SMTP' } };
  if (typeof responseCode !== 'number')
    return code === 'ETIMEDOUT' ? { kind: 'retry', reason: { rule: 'receiver-timeout' } } : classifyError(broken(code));
  const detail = String(responseCode);
  return responseCode >= 500
    ? { kind: 'refused', reason: { rule: 'receiver-refused', detail }, status: responseCode }
    : { kind: 'retry', reason: { rule: 'receiver-unavailable', detail }, status: responseCode };
}

/** nodemailer names a connection that broke by itself. */
const broken = (code: unknown) => ({ code: code === 'ECONNECTION' || code === 'ESOCKET' ? 'ECONNRESET' : code });
