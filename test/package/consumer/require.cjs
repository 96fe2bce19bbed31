const entries = ['fhir', 'fhirpath', 'mapping', 'validation'].map((name) => require(`mgn-gateway/${name}`));
console.log(
  entries.every((entry) => Object.keys(entry).length > 0),
  require('mgn-gateway/package.json').version,
);
