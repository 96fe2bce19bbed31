/**
 * The routes of the product, for a network without youth care and without a table of postcode centres: a minor goes to the
 * registration team, and distance does not count. Comments stay.
 */
export const ownRoutes = (product: string): string =>
  product
    .replace(
      /(- id: transfer-minor\n[\s\S]*?then:\n)[\s\S]*?reason:\n[\s\S]*?\n\n/,
      [
        '$1        ask: human',
        '      reason:',
        '        en: The person is under 18, so {service} decides with the municipality.',
        '        nl: De persoon is jonger dan 18; {service} beslist samen met de gemeente.',
        '\n',
      ].join('\n'),
    )
    .replaceAll(/, nearest\]/g, ']')
    .replaceAll(/\n *farthest-km: \d+/g, '')
    .replaceAll(
      ', has a first conversation within four weeks and is within 15 km.',
      ' and has a first conversation within four weeks.',
    )
    .replaceAll(
      ', voert het eerste gesprek binnen vier weken en ligt binnen 15 km.',
      ' en voert het eerste gesprek binnen vier weken.',
    )
    .replace(/^/, '# Written by mgn new-network from the routes of the product. They are yours to change.\n');
