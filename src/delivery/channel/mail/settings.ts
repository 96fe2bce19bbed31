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
  /**
   * After a mail that was sent whole and not answered: the same again, or a dead letter on which an operator decides. Default:
   * `resend`, since it has no content and the same Message-ID.
   */
  readonly lostAnswer?: 'resend' | 'decide';
};
