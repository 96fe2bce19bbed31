CodeSystem: LegalBasisCodes
Id: mgn-legal-basis
Title: "Legal basis"
Description: "Legal basis for disclosing data about a person from one party to another. Recorded before data are sent."
* insert Dutch("Grondslag")
* insert Complete
* insert Code(referral-within-care, "Referral within care", "Verwijzing binnen de zorg", "The person is aware of the referral to another care provider\, and consent is presumed (WGBO\). Never a basis towards the social domain.")
* insert Code(treatment-relationship, "Directly involved in the treatment", "Rechtstreeks betrokken bij de behandeling", "The recipient takes part in the treatment (art. 7:457 lid 2 BW\).")
* insert Code(explicit-consent, "Explicit consent", "Uitdrukkelijke toestemming", "The person consented to this recipient getting these data; the Consent is recorded.")
* insert Code(own-request, "Request of the person", "Eigen verzoek van de persoon", "The person requests help without a referrer and provides the data.")
* insert Code(vital-interest, "Vital interest", "Vitaal belang", "Serious danger that cannot be averted otherwise; the person is informed afterwards.")
* insert Code(legal-duty, "Legal duty", "Wettelijke plicht", "A law demands it.")

ValueSet: LegalBasis
Id: mgn-legal-basis
Title: "Legal basis"
Description: "All codes of the code system of the same name."
* insert Dutch("Grondslag")
* ^experimental = false
* include codes from system LegalBasisCodes
