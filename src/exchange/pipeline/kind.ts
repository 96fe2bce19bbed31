import type { Bundle } from '@medplum/fhirtypes';
import type { Partner } from '../../directory/index.ts';
import type { Result } from '../../fhir/result.ts';
import type { Decision } from '../../routing/index.ts';
import type { Change, Guard } from '../../store/port.ts';
import type { OrderGraph } from '../../workflow/index.ts';
import type { Source } from '../maps/forms.ts';
import type { Known } from '../memory/look-up.ts';
import type { Memory } from '../memory/memory.ts';
import type { Pulled } from '../reading/envelope.ts';
import type { Share } from './disclosure.ts';
import type { Deciding } from './gateway.ts';

export type Assigned = Exclude<Decision, { readonly kind: 'refused' }>;

/** A message on its way in: its resources have ids of the gateway, and meet the profiles of its kind. */
export type Incoming = {
  readonly graph: Bundle;
  /** What the gateway holds already of what the message refers to. */
  readonly known: Known;
  /** The orders that this one takes the place of. */
  readonly replaced: readonly OrderGraph[];
  readonly source: Source;
  readonly partner: Partner;
  readonly at: Date;
  /** The order is kept by its placer: this one follows from it. */
  readonly pulled?: Pulled;
};

/** Where it goes, and what that makes of it. */
export type Routed = {
  /** What is new, as it will be stored. */
  readonly graph: Bundle;
  /** How the owner of each new Task was chosen; none where nothing is asked of anybody. */
  readonly decisions: readonly Assigned[];
  /** New versions of what the gateway held already, each from the version that was looked at. */
  readonly changes?: readonly Change[];
  /** What must still be as it was looked at, though it does not change. */
  readonly guards?: readonly Guard[];
  /** What the parties of earlier orders hear of it. */
  readonly heard?: readonly Share[];
};

/** What one kind of message has of its own on its way in; exchange.ts walks the rest, the same for all kinds. */
export type Kind = {
  /** Profiles that the graph must meet once it has the gateway's ids. */
  readonly profiles: readonly string[];
  /** What is held already about the same person: told, never a reason to refuse. */
  readonly compare?: (memory: Memory, graph: Bundle) => Promise<Result<Bundle>>;
  /** Whether its statuses agree, with each other and with what is known. */
  readonly check: (incoming: Incoming, deciding: Deciding) => Result<Bundle>;
  /** `graph` of the incoming message is what `check` gave. */
  readonly route: (deciding: Deciding, incoming: Incoming) => Result<Routed>;
  /** What each party gets of it. Whoever holds a resource in a share may read it at the gateway too. */
  readonly share: (deciding: Deciding, routed: Routed, incoming: Incoming) => Result<readonly Share[]>;
};
