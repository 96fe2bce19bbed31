/** A mailbox that is notified of messages in the inbox. */
export type MailSettings = {
  readonly kind: 'mail';
  /** `smtps://host:465` or `smtp://host:587`, the latter with STARTTLS. */
  readonly server: string;
  readonly user?: string;
  readonly from: string;
  readonly to: string;
  /** Where the recipient logs in to read. The same for every mail. */
  readonly link: string;
};
