import type { Rule } from './rule.ts';
import { gatewayTransient, inConfiguration, invalid, receiverTransient } from './shared.ts';

/** A delivery that was postponed or given up. The words of the receiver are never repeated, only its status and codes. */
export const deliveryRules = {
  'receiver-unreachable': {
    ...receiverTransient,
    en: 'No connection to the receiver ({detail}). Delivery resumes as soon as its system responds; check address, network and certificate if this lasts.',
    nl: 'Geen verbinding met de ontvanger ({detail}). De aflevering gaat verder zodra het systeem reageert; controleer adres, netwerk en certificaat als dit aanhoudt.',
  },
  'receiver-timeout': {
    ...receiverTransient,
    type: 'timeout',
    en: 'The receiver did not answer in time and may have stored the message. The gateway resends it with the same ids, so that the receiver can detect the duplicate.',
    nl: 'De ontvanger antwoordde niet op tijd en heeft het bericht misschien opgeslagen. De gateway stuurt het opnieuw met dezelfde id’s, zodat de ontvanger de dubbele herkent.',
  },
  'receiver-disconnected': {
    ...receiverTransient,
    en: 'The receiver closed the connection during the request ({detail}). The gateway resends it with the same ids. If others are delivered, this message is set aside and only its own journey waits.',
    nl: 'De ontvanger verbrak de verbinding tijdens het verzoek ({detail}). De gateway stuurt het opnieuw met dezelfde id’s. Komen andere berichten wel aan, dan zet de gateway dit bericht apart en wacht alleen zijn eigen traject.',
  },
  'receiver-not-found': {
    ...receiverTransient,
    type: 'not-found',
    en: 'The receiver has nothing at this address ({detail}). Delivery is retried for as long as the network configures (delivery.not-found-hours) and then ends; check the address of this partner.',
    nl: 'De ontvanger kent dit adres niet ({detail}). De gateway probeert het zo lang als het netwerk instelt (delivery.not-found-hours) en stopt dan; controleer het adres van deze partner.',
  },
  'receiver-unavailable': {
    ...receiverTransient,
    en: 'The receiver is temporarily unavailable ({detail}). Delivery is retried automatically.',
    nl: 'De ontvanger is tijdelijk niet beschikbaar ({detail}). De gateway probeert de aflevering vanzelf opnieuw.',
  },
  'receiver-throttling': {
    ...receiverTransient,
    type: 'throttled',
    en: 'The receiver limits the rate of requests. Delivery is retried after the delay that it requested.',
    nl: 'De ontvanger beperkt het aantal verzoeken. De gateway probeert de aflevering opnieuw na de gevraagde wachttijd.',
  },
  'receiver-error': {
    ...receiverTransient,
    type: 'exception',
    en: 'The receiver failed on this message (500). Delivery is retried a few times and then ends; have the receiver check its log.',
    nl: 'De ontvanger liep vast op dit bericht (500). De gateway probeert het nog een paar keer en stopt dan; laat de ontvanger in het logboek kijken.',
  },
  'receiver-credentials-rejected': {
    ...gatewayTransient,
    type: 'login',
    en: 'The receiver rejects our credentials (401). Renew the token for this partner; delivery then resumes automatically.',
    nl: 'De ontvanger weigert onze inloggegevens (401). Vernieuw het token voor deze partner; daarna gaat de aflevering vanzelf verder.',
  },
  'receiver-redirected': {
    ...gatewayTransient,
    type: 'not-found',
    en: 'The receiver redirects to another address ({detail}). Personal data does not follow a redirect: change the address of this partner.',
    nl: 'De ontvanger verwijst naar een ander adres ({detail}). Persoonsgegevens volgen geen doorverwijzing: wijzig het adres van deze partner.',
  },
  'receiver-address-refused': {
    ...gatewayTransient,
    type: 'security',
    en: 'The address of the receiver is not permitted: it is not a public address, or has no TLS. Correct the address of this partner or its DNS record, or list the host or its range under private-addresses in network.yaml with the reason.',
    nl: 'Het adres van de ontvanger is niet toegestaan: het is geen openbaar adres, of het heeft geen TLS. Verbeter het adres van deze partner of de DNS-registratie, of zet de host of het bereik met een reden onder private-addresses in network.yaml.',
  },
  'receiver-address-missing': {
    ...gatewayTransient,
    type: 'not-found',
    en: 'This partner has no address. Add an Endpoint to the directory, or an address to the network configuration.',
    nl: 'Deze partner heeft geen adres. Voeg een Endpoint toe aan de adreslijst, of een adres aan de netwerkconfiguratie.',
  },
  'receiver-refused': {
    ...invalid,
    fault: 'receiver',
    type: 'processing',
    en: 'The receiver refused the message permanently ({detail}). Find the cause with the receiver; queue the message again once it is corrected.',
    nl: 'De ontvanger heeft het bericht definitief geweigerd ({detail}). Zoek met de ontvanger de oorzaak; zet het bericht na herstel opnieuw in de wachtrij.',
  },
  'delivery-forbidden': {
    ...inConfiguration,
    category: 'forbidden',
    type: 'suppressed',
    en: 'The message may no longer be sent ({detail}): its legal basis has ended since it was accepted.',
    nl: 'Het bericht mag niet meer worden verstuurd ({detail}): de grondslag is vervallen sinds de gateway het aannam.',
  },
  'delivery-undecided': {
    ...gatewayTransient,
    severity: 'warning',
    en: 'The permission to send the message could not be checked. The message waits until it can.',
    nl: 'Of het bericht nog verstuurd mag worden, was niet te controleren. Het bericht wacht tot dat kan.',
  },
  'delivery-damaged': {
    ...inConfiguration,
    type: 'exception',
    en: 'The stored message is damaged, and was not sent. Run mgn store check, and restore a backup; or notify the receiver in another way, and end the delivery with mgn skip.',
    nl: 'Het opgeslagen bericht is beschadigd, en is niet verstuurd. Voer mgn store check uit, en zet een back-up terug; of bericht de ontvanger op een andere manier, en beëindig de aflevering met mgn skip.',
  },
  'delivery-expired': {
    ...gatewayTransient,
    fault: 'receiver',
    type: 'timeout',
    en: 'Delivery ended: the message waited longer than the network allows (last: {detail}). Contact the receiver another way, or queue the message again.',
    nl: 'De aflevering is gestopt: het bericht wachtte langer dan het netwerk toestaat (laatst: {detail}). Bereik de ontvanger op een andere manier, of zet het bericht opnieuw in de wachtrij.',
  },
  'pulled-order-invalid': {
    ...invalid,
    type: 'structure',
    en: 'The resource read at the placer is not what its notification named ({detail}): not a Task with its order in FHIR R4 JSON, or larger than a message may be. Correct it there and notify again.',
    nl: 'De resource bij de plaatser is niet wat de notificatie noemde ({detail}): geen Task met opdracht in FHIR R4 JSON, of groter dan een bericht mag zijn. Verbeter haar daar en notificeer opnieuw.',
  },
  'pulled-order-refused': {
    ...invalid,
    type: 'business-rule',
    en: 'The order at the placer was read but not accepted ({detail}). Its Task there is rejected; correct the order and place it again.',
    nl: 'De opdracht bij de plaatser is gelezen, maar niet aangenomen ({detail}). De Task daar is afgewezen; verbeter de opdracht en plaats haar opnieuw.',
  },
  'pulled-order-undecided': {
    ...gatewayTransient,
    severity: 'warning',
    en: 'The order at the placer was read but could not be processed now ({detail}). It is read again automatically.',
    nl: 'De opdracht bij de plaatser is gelezen, maar was nu niet te verwerken ({detail}). De gateway leest haar vanzelf opnieuw.',
  },
  'zgw-address-outside': {
    ...inConfiguration,
    category: 'forbidden',
    type: 'security',
    en: 'A ZGW API of the municipality refers to an address outside the roots configured for it. Nothing was requested there. Correct zgw of this partner, or have the municipality correct its addresses.',
    nl: 'Een ZGW-API van de gemeente verwijst naar een adres buiten de adressen die ervoor zijn ingesteld. De gateway heeft daar niets opgevraagd. Verbeter zgw van deze partner, of laat de gemeente haar adressen verbeteren.',
  },
  'zgw-zaaktype-unknown': {
    ...inConfiguration,
    type: 'not-found',
    en: 'The zaak is of a zaaktype that zgw.zaaktypen of this partner does not contain, so its statuses would move no Task. Add the zaaktype with its statuses, or correct the table of the map, and queue the message again.',
    nl: 'De zaak is van een zaaktype dat niet in zgw.zaaktypen van deze partner staat, zodat de statussen geen Task zouden verplaatsen. Voeg het zaaktype met zijn statussen toe, of verbeter de tabel van de mapping, en zet het bericht opnieuw in de wachtrij.',
  },
  'zgw-withdrawal-unconfigured': {
    ...inConfiguration,
    type: 'not-found',
    en: 'The request was withdrawn, and zgw.zaaktypen of this partner has no status for a withdrawn zaak. Notify the municipality by other means, and add withdrawn to the zaaktype.',
    nl: 'De vraag is ingetrokken, en zgw.zaaktypen van deze partner heeft geen status voor een ingetrokken zaak. Bericht de gemeente op een andere manier, en voeg withdrawn toe aan het zaaktype.',
  },
  'zgw-status-unmapped': {
    ...inConfiguration,
    type: 'not-found',
    en: 'The zaak has a status or result that zgw.zaaktypen of this partner does not contain, so the Task was not moved. Add it with the move that it means, or with unchanged; then queue the message again.',
    nl: 'De zaak heeft een status of resultaat dat niet in zgw.zaaktypen van deze partner staat, dus de Task is niet verplaatst. Voeg die toe met de verplaatsing die hij betekent, of met unchanged; zet het bericht daarna opnieuw in de wachtrij.',
  },
  'zgw-move-refused': {
    ...invalid,
    type: 'business-rule',
    en: 'The status of the zaak corresponds to a move of the Task that was refused ({detail}). The Task is unchanged; agree with the municipality what happened, and move the Task by hand.',
    nl: 'De status van de zaak vraagt een verplaatsing van de Task die is geweigerd ({detail}). De Task is ongewijzigd; overleg met de gemeente wat er is gebeurd, en verplaats de Task met de hand.',
  },
  'placer-address-mismatch': {
    ...inConfiguration,
    category: 'forbidden',
    type: 'forbidden',
    en: 'The Task is outside the address now registered for the placer. Nothing is sent there; contact the placer another way.',
    nl: 'De Task ligt buiten het adres dat nu voor de plaatser is geregistreerd. De gateway stuurt daar niets heen; breng de plaatser op een andere manier op de hoogte.',
  },
  'placer-task-changed': {
    ...receiverTransient,
    type: 'conflict',
    en: 'The Task changed at the placer between reading and writing ({detail}). It is read and written again.',
    nl: 'De Task veranderde bij de plaatser tussen lezen en schrijven ({detail}). De gateway leest en schrijft hem opnieuw.',
  },
} as const satisfies Record<string, Rule>;
